-- What the node remembers. Every time stamp is written by the application's clock, never by now():
-- the application refuses to start when the two clocks differ, and tests own the application's clock.

create table study (
    study_uid      text        primary key,
    first_received timestamptz not null,
    last_received  timestamptz not null
);

-- The state lives in the revision: a late instance opens the next revision of its study.
create table revision (
    study_uid     text        not null references study,
    number        integer     not null check (number > 0),
    state         text        not null,
    opened_at     timestamptz not null,
    last_instance timestamptz not null,
    updated_at    timestamptz not null,
    attempts      integer     not null default 0,
    worker        text,
    heartbeat     timestamptz,
    result        text,
    picture       text,
    reason        text,
    primary key (study_uid, number)
);
create unique index revision_one_receiving on revision (study_uid) where state = 'RECEIVING';
create index revision_by_state on revision (state, updated_at);

-- revision is null for objects that are kept but never worked on (reports, our own results coming back).
create table instance (
    sop_instance_uid text        primary key,
    study_uid        text        not null references study,
    series_uid       text        not null,
    sop_class_uid    text        not null,
    transfer_syntax  text        not null,
    path             text        not null,
    bytes            bigint      not null,
    sha256           text        not null,
    calling_ae       text        not null,
    called_ae        text        not null,
    received_at      timestamptz not null,
    revision         integer,
    foreign key (study_uid, revision) references revision
);
create index instance_by_study on instance (study_uid, revision);

create table attempt (
    study_uid  text        not null,
    revision   integer     not null,
    number     integer     not null,
    worker     text        not null,
    started_at timestamptz not null,
    ended_at   timestamptz,
    outcome    text,
    primary key (study_uid, revision, number),
    foreign key (study_uid, revision) references revision
);

create table output_object (
    id               bigint      generated always as identity primary key,
    study_uid        text        not null,
    revision         integer     not null,
    attempt          integer     not null,
    kind             text        not null,
    sop_class_uid    text        not null,
    sop_instance_uid text        not null,
    file             text        not null,
    sha256           text        not null,
    created_at       timestamptz not null,
    unique (study_uid, revision, sop_instance_uid),
    foreign key (study_uid, revision) references revision
);
-- Two revisions with the same input make the same UIDs, so this one is not unique.
create index output_object_by_uid on output_object (sop_instance_uid);

create table delivery (
    id            bigint      generated always as identity primary key,
    output_object bigint      not null references output_object,
    destination   text        not null,
    state         text        not null check (state in ('PENDING', 'DELIVERED', 'DEAD_LETTER')),
    attempts      integer     not null default 0,
    next_try      timestamptz not null,
    last_error    text,
    updated_at    timestamptz not null,
    unique (output_object, destination)
);
create index delivery_due on delivery (next_try) where state = 'PENDING';

create table audit (
    id         bigint      generated always as identity primary key,
    at         timestamptz not null,
    study_uid  text        not null,
    revision   integer,
    attempt    integer,
    event      text        not null,
    from_state text,
    to_state   text,
    detail     text        not null
);
create index audit_by_study on audit (study_uid, id);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is append-only';
end
$$;
create trigger audit_append_only before update or delete or truncate on audit
    for each statement execute function audit_is_append_only();
