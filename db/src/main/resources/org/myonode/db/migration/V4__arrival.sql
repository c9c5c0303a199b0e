-- Whether a delivered object is there: asked of destinations that do not offer storage commitment.
create table arrival (
    delivery   bigint      primary key references delivery,
    state      text        not null check (state in ('WAITING', 'FOUND', 'MISSING')),
    checks     integer     not null,
    next_check timestamptz not null,
    detail     text,
    updated_at timestamptz not null
);
create index arrival_due on arrival (next_check) where state = 'WAITING';
