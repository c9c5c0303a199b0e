package org.myonode.dicom.net;

import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;

/**
 * What is asked for, by C-FIND, or retrieved, by C-MOVE and C-GET (PS3.4 sections C.2.2 and C.4).
 *
 * @param level the level of the entities
 * @param keys matching keys with a value, return keys without; the unique keys of the levels above are to be among them.
 *     For a retrieval the unique keys alone
 */
public record Query(InformationModel model, QueryRetrieveLevel level, DataSet keys) {

    public Query {
        if (model == InformationModel.STUDY_ROOT && level == QueryRetrieveLevel.PATIENT) {
            throw new IllegalArgumentException("Study Root has no level PATIENT");
        }
        keys = keys.copy().set(Tag.QueryRetrieveLevel, level.name());
    }

    /** One study, in Study Root. */
    public static Query study(String studyUid, int... returnKeys) {
        return of(QueryRetrieveLevel.STUDY, returnKeys, studyUid);
    }

    /** The series of a study. */
    public static Query seriesOf(String studyUid, int... returnKeys) {
        return of(QueryRetrieveLevel.SERIES, returnKeys, studyUid);
    }

    /** The instances of a series. */
    public static Query instancesOf(String studyUid, String seriesUid, int... returnKeys) {
        return of(QueryRetrieveLevel.IMAGE, returnKeys, studyUid, seriesUid);
    }

    /** One instance. */
    public static Query instance(String studyUid, String seriesUid, String sopInstanceUid, int... returnKeys) {
        return of(QueryRetrieveLevel.IMAGE, returnKeys, studyUid, seriesUid, sopInstanceUid);
    }

    private static Query of(QueryRetrieveLevel level, int[] returnKeys, String... uids) {
        DataSet keys = new DataSet();
        QueryRetrieveLevel[] levels = {QueryRetrieveLevel.STUDY, QueryRetrieveLevel.SERIES, QueryRetrieveLevel.IMAGE};
        for (int i = 0; i < uids.length; i++) {
            keys.set(levels[i].uniqueKey(), uids[i]);
        }
        if (!keys.contains(level.uniqueKey())) {
            keys.setEmpty(level.uniqueKey());
        }
        for (int key : returnKeys) {
            keys.setEmpty(key);
        }
        return new Query(InformationModel.STUDY_ROOT, level, keys);
    }

    DataSet identifier() {
        return keys;
    }
}
