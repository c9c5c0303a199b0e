package org.myonode.workers.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Date;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.myonode.db.Database;
import org.myonode.db.Revision;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.SchedulerRepository;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.simpl.SimpleThreadPool;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs of a cluster of nodes, kept by Quartz in the shared PostgreSQL.
 *
 * <p><b>What Quartz is trusted with</b>: that a job runs soon, and again elsewhere when its node dies. <b>What it is not
 * trusted with</b>: that a job runs once. A node that was only paused finishes its job although another has taken it
 * over; the ledger's attempt number fences that ({@link org.myonode.db.Ledger#claim}).
 *
 * <p>Settings, each of them found out the hard way: check-in every 2 s, so that a dead node is noticed within about ten;
 * an idle wait of 1 s, or a job submitted on another node waits for half a minute; triggers acquired within the lock, or
 * two nodes race; string-only job data; misfires ignored, because the default reorders a backlog; urgency by an earlier
 * start time, because SQL orders by fire time before priority. The key of a study's job is {@code study#revision}: a
 * second submission of it is a no-op.
 *
 * <p>Thread-safe.
 */
public final class JobQueue implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JobQueue.class);

    private static final String STUDIES = "studies";
    private static final String DELIVERIES = "deliveries";
    private static final String EXPERIMENTS = "experiments";
    private static final String DAILY = "daily";
    private static final Duration CHECK_IN = Duration.ofSeconds(2);
    private static final Duration IDLE_WAIT = Duration.ofSeconds(1);

    /** An urgent study starts as if it had been waiting since yesterday: before any backlog of today. */
    private static final Duration URGENCY = Duration.ofDays(1);

    private final Map<Lane, Scheduler> schedulers;
    private final Clock clock;

    private JobQueue(Map<Lane, Scheduler> schedulers, Clock clock) {
        this.schedulers = schedulers;
        this.clock = clock;
    }

    /**
     * Creates the tables if they are not there, then starts every lane that has threads.
     *
     * @throws QueueException when the job store cannot be used
     */
    public static JobQueue start(Database database, QueueConfig config, Work work, Clock clock) {
        database.migrate("classpath:org/myonode/workers/queue/migration", "schema_history_queue");
        Map<Lane, Scheduler> schedulers = new EnumMap<>(Lane.class);
        JobQueue queue = new JobQueue(schedulers, clock);
        try {
            for (Lane lane : Lane.values()) {
                Scheduler scheduler = scheduler(database.dataSource(), lane, config);
                schedulers.put(lane, scheduler);
                scheduler.setJobFactory((bundle, ignored) -> new StudyJob(work));
                if (config.threads(lane) > 0) {
                    scheduler.start();
                }
            }
            return queue;
        } catch (SchedulerException e) {
            queue.close();
            throw new QueueException("the job queue cannot start: " + e.getMessage(), e);
        }
    }

    private static Scheduler scheduler(DataSource source, Lane lane, QueueConfig config) throws SchedulerException {
        String instance = config.worker() + "-" + UUID.randomUUID();
        String connections = "myonode-" + lane.schedulerName() + "-" + instance;
        DBConnectionManager.getInstance().addConnectionProvider(connections, new SharedPool(source));

        Properties settings = new Properties();
        settings.setProperty("org.quartz.scheduler.instanceName", lane.schedulerName());
        settings.setProperty("org.quartz.scheduler.instanceId", instance);
        settings.setProperty("org.quartz.scheduler.idleWaitTime", Long.toString(IDLE_WAIT.toMillis()));
        settings.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
        settings.setProperty("org.quartz.scheduler.makeSchedulerThreadDaemon", "true");
        settings.setProperty("org.quartz.threadPool.class", SimpleThreadPool.class.getName());
        settings.setProperty("org.quartz.threadPool.threadCount", Integer.toString(Math.max(1, config.threads(lane))));
        settings.setProperty("org.quartz.threadPool.makeThreadsDaemons", "true");
        settings.setProperty("org.quartz.jobStore.class", JobStoreTX.class.getName());
        settings.setProperty("org.quartz.jobStore.driverDelegateClass", PostgreSQLDelegate.class.getName());
        settings.setProperty("org.quartz.jobStore.dataSource", connections);
        settings.setProperty("org.quartz.jobStore.tablePrefix", "qrtz_");
        settings.setProperty("org.quartz.jobStore.useProperties", "true");
        settings.setProperty("org.quartz.jobStore.isClustered", "true");
        settings.setProperty("org.quartz.jobStore.clusterCheckinInterval", Long.toString(CHECK_IN.toMillis()));
        settings.setProperty("org.quartz.jobStore.acquireTriggersWithinLock", "true");

        // Quartz keeps one scheduler per name in each process and would hand out another node's in the same process.
        synchronized (JobQueue.class) {
            Scheduler scheduler = new StdSchedulerFactory(settings).getScheduler();
            SchedulerRepository.getInstance().remove(lane.schedulerName());
            return scheduler;
        }
    }

    /**
     * Submits a study revision.
     *
     * @param urgent whether it goes before everything that waits
     * @return false when it already has a job
     */
    public boolean submitStudy(Revision revision, boolean urgent) {
        return submit(
                Lane.GPU,
                studyKey(revision),
                Map.of(
                        StudyJob.TASK, StudyJob.TASK_STUDY,
                        StudyJob.STUDY, revision.studyUid(),
                        StudyJob.REVISION, Integer.toString(revision.number())),
                urgent);
    }

    /**
     * Submits one round of sending what is due.
     *
     * @param occasion rounds of the same occasion do not pile up
     * @return false when that occasion already has a job
     */
    public boolean submitDelivery(String occasion) {
        return submit(Lane.IO, new JobKey(occasion, DELIVERIES), Map.of(StudyJob.TASK, StudyJob.TASK_DELIVER), false);
    }

    /**
     * Submits a training experiment, or what is left of it.
     *
     * @return false when it already has a job
     */
    public boolean submitTraining(String experiment) {
        return submit(
                Lane.TRAINING,
                new JobKey(experiment, EXPERIMENTS),
                Map.of(StudyJob.TASK, StudyJob.TASK_TRAIN, StudyJob.EXPERIMENT, experiment),
                false);
    }

    /**
     * Has {@link Work#daily} called once a day on one node of the cluster. A day that was missed because no node ran is
     * made up for once. Replaces what was said of the name before.
     *
     * @param at local time
     */
    public void daily(String name, LocalTime at, ZoneId zone) {
        JobKey key = new JobKey(name, DAILY);
        JobDetail job = JobBuilder.newJob(StudyJob.class)
                .withIdentity(key)
                .requestRecovery(true)
                .usingJobData(StudyJob.TASK, StudyJob.TASK_DAILY)
                .usingJobData(StudyJob.NAME, name)
                .build();
        Trigger trigger = TriggerBuilder.newTrigger()
                .withIdentity(key.getName(), key.getGroup())
                .withSchedule(CronScheduleBuilder.cronSchedule(
                                at.getSecond() + " " + at.getMinute() + " " + at.getHour() + " * * ?")
                        .inTimeZone(TimeZone.getTimeZone(zone))
                        .withMisfireHandlingInstructionFireAndProceed())
                .build();
        try {
            Trigger known = scheduler(Lane.CARE).getTrigger(trigger.getKey());
            // A trigger that is put anew at each start would forget that it was missed.
            if (known instanceof CronTrigger cron
                    && cron.getCronExpression().equals(((CronTrigger) trigger).getCronExpression())
                    && cron.getTimeZone().equals(((CronTrigger) trigger).getTimeZone())) {
                return;
            }
            scheduler(Lane.CARE).scheduleJob(job, Set.of(trigger), true);
        } catch (SchedulerException e) {
            throw new QueueException("the daily job " + name + " cannot be scheduled: " + e.getMessage(), e);
        }
    }

    /** Ends what {@link #daily} began. */
    public void notDaily(String name) {
        try {
            scheduler(Lane.CARE).deleteJob(new JobKey(name, DAILY));
        } catch (SchedulerException e) {
            throw new QueueException("the daily job " + name + " cannot be taken away: " + e.getMessage(), e);
        }
    }

    private boolean submit(Lane lane, JobKey key, Map<String, String> data, boolean urgent) {
        Instant now = clock.instant();
        Instant start = urgent ? now.minus(URGENCY) : now;
        JobBuilder builder = JobBuilder.newJob(StudyJob.class).withIdentity(key).requestRecovery(true);
        data.forEach(builder::usingJobData);
        JobDetail job = builder.build();
        Trigger trigger = TriggerBuilder.newTrigger()
                .withIdentity(key.getName(), key.getGroup())
                .startAt(Date.from(start))
                .withSchedule(SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionIgnoreMisfires())
                .build();
        try {
            scheduler(lane).scheduleJob(job, trigger);
            return true;
        } catch (ObjectAlreadyExistsException e) {
            return false;
        } catch (SchedulerException e) {
            throw new QueueException("job " + key + " cannot be submitted: " + e.getMessage(), e);
        }
    }

    /** The keys, {@code study#revision}, of all studies that have a job, waiting or running. */
    public Set<String> studiesWithJob() {
        try {
            return scheduler(Lane.GPU).getJobKeys(GroupMatcher.jobGroupEquals(STUDIES)).stream()
                    .map(JobKey::getName)
                    .collect(Collectors.toSet());
        } catch (SchedulerException e) {
            throw new QueueException("the jobs cannot be listed: " + e.getMessage(), e);
        }
    }

    private static JobKey studyKey(Revision revision) {
        return new JobKey(revision.toString(), STUDIES);
    }

    private Scheduler scheduler(Lane lane) {
        Scheduler scheduler = schedulers.get(lane);
        if (scheduler == null) {
            throw new IllegalStateException("lane " + lane + " was never started");
        }
        return scheduler;
    }

    /** Takes no new jobs and waits for the running ones. The shared pool stays open. */
    @Override
    public void close() {
        for (Map.Entry<Lane, Scheduler> lane : schedulers.entrySet()) {
            try {
                lane.getValue().shutdown(true);
            } catch (SchedulerException e) {
                log.warn("lane {} did not shut down: {}", lane.getKey(), e.getMessage());
            }
        }
    }

    /** Hands Quartz connections of the pool that everything shares, and never closes it. */
    private record SharedPool(DataSource source) implements ConnectionProvider {
        @Override
        public Connection getConnection() throws SQLException {
            return source.getConnection();
        }

        @Override
        public void initialize() {}

        @Override
        public void shutdown() {}
    }
}
