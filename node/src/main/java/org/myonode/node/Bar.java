package org.myonode.node;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar on standard error: redrawn in place on a terminal, silent elsewhere, so that logs and pipes hold no
 * control characters.
 */
final class Bar implements AutoCloseable {

    private final ProgressBar bar;

    Bar(String task, long steps, String unit) {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(steps)
                .setUnit(" " + unit, 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .continuousUpdate();
        this.bar = System.console() == null ? builder.setConsumer(new Silent()).build() : builder.build();
    }

    void to(long step) {
        bar.stepTo(step);
    }

    void step() {
        bar.step();
    }

    void say(String text) {
        bar.setExtraMessage(text);
    }

    @Override
    public void close() {
        bar.close();
    }

    private static final class Silent implements me.tongfei.progressbar.ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return 80;
        }

        @Override
        public void accept(String rendered) {}

        @Override
        public void close() {}
    }
}
