package org.myonode.dicom.net;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The DICOM upper layer protocol state transition table, PS3.8 table 9-10; a point is an empty cell. */
final class StateTable {
    private static final String TABLE = """
            event Sta1  Sta2  Sta3  Sta4  Sta5  Sta6  Sta7  Sta8  Sta9  Sta10 Sta11 Sta12 Sta13
            EVT1  AE-1  .     .     .     .     .     .     .     .     .     .     .     .
            EVT2  .     .     .     AE-2  .     .     .     .     .     .     .     .     .
            EVT3  .     AA-1  AA-8  .     AE-3  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
            EVT4  .     AA-1  AA-8  .     AE-4  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
            EVT5  AE-5  .     .     .     .     .     .     .     .     .     .     .     .
            EVT6  .     AE-6  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
            EVT7  .     .     AE-7  .     .     .     .     .     .     .     .     .     .
            EVT8  .     .     AE-8  .     .     .     .     .     .     .     .     .     .
            EVT9  .     .     .     .     .     DT-1  .     AR-7  .     .     .     .     .
            EVT10 .     AA-1  AA-8  .     AA-8  DT-2  AR-6  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
            EVT11 .     .     .     .     .     AR-1  .     .     .     .     .     .     .
            EVT12 .     AA-1  AA-8  .     AA-8  AR-2  AR-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
            EVT13 .     AA-1  AA-8  .     AA-8  AA-8  AR-3  AA-8  AA-8  AR-10 AR-3  AA-8  AA-6
            EVT14 .     .     .     .     .     .     .     AR-4  AR-9  .     .     AR-4  .
            EVT15 .     .     AA-1  AA-2  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  .
            EVT16 .     AA-2  AA-3  .     AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-2
            EVT17 .     AA-5  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AR-5
            EVT18 .     AA-2  .     .     .     .     .     .     .     .     .     .     AA-2
            EVT19 .     AA-1  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
            """;

    private static final Map<Event, Map<State, Action>> ACTIONS = parse();

    private StateTable() {}

    /** Empty where the standard's table has an empty cell: such an event cannot happen in that state. */
    static Optional<Action> action(Event event, State state) {
        return Optional.ofNullable(ACTIONS.getOrDefault(event, Map.of()).get(state));
    }

    private static Map<Event, Map<State, Action>> parse() {
        Map<Event, Map<State, Action>> actions = new EnumMap<>(Event.class);
        TABLE.lines().skip(1).forEach(line -> {
            String[] cells = line.split(" +", -1);
            Map<State, Action> row = new EnumMap<>(State.class);
            for (State state : State.values()) {
                String cell = cells[state.ordinal() + 1];
                if (!cell.equals(".")) {
                    row.put(state, Action.valueOf(cell.replace('-', '_')));
                }
            }
            actions.put(Event.valueOf(cells[0]), row);
        });
        return actions;
    }
}
