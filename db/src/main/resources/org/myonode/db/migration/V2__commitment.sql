-- Storage commitment: what was delivered, the receiver is asked to vouch for.

-- One N-ACTION. It is recorded before it is sent, because the report may overtake the response.
create table commitment (
    transaction_uid text        primary key,
    study_uid       text        not null,
    revision        integer     not null,
    destination     text        not null,
    requested_at    timestamptz not null,
    deadline        timestamptz not null,
    ended_at        timestamptz,
    outcome         text,
    foreign key (study_uid, revision) references revision
);
create index commitment_open on commitment (deadline) where ended_at is null;

alter table delivery
    add column wants_commitment boolean not null default false,
    -- The transaction whose report is awaited.
    add column commitment       text    references commitment,
    add column commitment_tries integer not null default 0;

alter table delivery drop constraint delivery_state_check;
alter table delivery add constraint delivery_state_check
    check (state in ('PENDING', 'DELIVERED', 'DEAD_LETTER', 'COMMITTED', 'NOT_COMMITTED'));
create index delivery_to_ask_for on delivery (destination, next_try)
    where state = 'DELIVERED' and wants_commitment and commitment is null;
create index delivery_of_commitment on delivery (commitment) where commitment is not null;
