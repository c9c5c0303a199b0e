-- Expert contours, with a history of their own: they outlive the studies they were drawn on.

-- The slice that was drawn on, with its values: a benchmark must not depend on files that retention removes.
create table contour_slice (
    sop_instance_uid       text             primary key,
    study_uid              text             not null,
    series_uid             text             not null,
    frame_of_reference_uid text             not null,
    -- A digest of the patient's identifier: groups slices by patient and names nobody.
    patient_key            text             not null,
    z_mm                   double precision not null,
    rows                   integer          not null check (rows > 0),
    columns                integer          not null check (columns > 0),
    row_mm                 double precision not null check (row_mm > 0),
    column_mm              double precision not null check (column_mm > 0),
    slice_thickness_mm     double precision,
    kernel                 text             not null,
    provenance             text             not null,
    -- 16 bits a value, big-endian, canonical orientation, deflated.
    hu                     bytea            not null,
    hu_sha256              text             not null,
    added_at               timestamptz      not null
);

-- One row for each version; nothing is ever changed.
create table expert_contour (
    id               bigint           generated always as identity primary key,
    sop_instance_uid text             not null references contour_slice,
    observer         text             not null check (observer <> ''),
    structure        text             not null check (structure <> ''),
    version          integer          not null check (version > 0),
    -- One bit a pixel, the first pixel in the lowest bit, canonical orientation, deflated.
    mask             bytea            not null,
    mask_sha256      text             not null,
    area_cm2         double precision not null,
    source_kind      text             not null check (source_kind in ('RTSTRUCT', 'SEG', 'NIFTI')),
    source_uid       text             not null,
    source_sha256    text             not null,
    added_at         timestamptz      not null,
    unique (sop_instance_uid, observer, structure, version)
);

-- What became of each object that was received; WAITING is looked at again when its study grows.
create table contour_intake (
    source_uid text        primary key,
    outcome    text        not null check (outcome in ('TAKEN', 'REFUSED', 'IGNORED', 'WAITING')),
    detail     text        not null,
    at         timestamptz not null
);

create function expert_contour_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'expert contours are never changed: add a version';
end
$$;
create trigger expert_contour_append_only before update or delete or truncate on expert_contour
    for each statement execute function expert_contour_is_append_only();
create trigger contour_slice_append_only before update or delete or truncate on contour_slice
    for each statement execute function expert_contour_is_append_only();
