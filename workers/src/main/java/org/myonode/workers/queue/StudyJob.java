package org.myonode.workers.queue;

import org.myonode.db.Revision;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one job class of all lanes. Its name is written into the job store: renaming it leaves every waiting job in state
 * ERROR, so it keeps name and package for ever. What is to be done is in a map of strings.
 */
@DisallowConcurrentExecution
public final class StudyJob implements Job {
    static final String TASK = "task";
    static final String STUDY = "study";
    static final String REVISION = "revision";
    static final String TASK_STUDY = "study";
    static final String TASK_DELIVER = "deliver";
    static final String TASK_TRAIN = "train";
    static final String EXPERIMENT = "experiment";
    static final String TASK_DAILY = "daily";
    static final String NAME = "name";

    private static final Logger log = LoggerFactory.getLogger(StudyJob.class);

    private final Work work;

    StudyJob(Work work) {
        this.work = work;
    }

    @Override
    public void execute(JobExecutionContext context) {
        JobDataMap data = context.getMergedJobDataMap();
        String task = data.getString(TASK);
        if (context.isRecovering()) {
            log.warn(
                    "job={} taken over from a node that went away",
                    context.getJobDetail().getKey());
        }
        try {
            switch (task) {
                case TASK_STUDY ->
                    work.study(new Revision(data.getString(STUDY), Integer.parseInt(data.getString(REVISION))));
                case TASK_DELIVER -> work.deliver();
                case TASK_TRAIN -> work.train(data.getString(EXPERIMENT));
                case TASK_DAILY -> work.daily(data.getString(NAME));
                default ->
                    log.error(
                            "job={} has the unknown task {}",
                            context.getJobDetail().getKey(),
                            task);
            }
        } catch (RuntimeException e) {
            // The sweeper finds what is left undone; a job that throws would only be logged by Quartz in its own words.
            log.error("job={} ended early", context.getJobDetail().getKey(), e);
        }
    }
}
