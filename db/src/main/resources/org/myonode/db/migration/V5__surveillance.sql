-- What the nightly check of models and studies found; the newest row is what pages and monitors show.
create table surveillance (
    id     bigint      generated always as identity primary key,
    at     timestamptz not null,
    alerts integer     not null check (alerts >= 0),
    report text        not null
);
create index revision_by_opening on revision (opened_at, study_uid);
