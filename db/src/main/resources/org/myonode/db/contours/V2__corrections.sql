-- Corrections: an expert's contour in place of the one a result was measured with, and the revision it opened.

-- The study on whose page the object is to be seen: that of the result it names, where it names one.
alter table contour_intake add column study_uid text;
create index contour_intake_by_study on contour_intake (study_uid);

-- One row for each received object that was taken as a correction; the primary key is what makes it happen once.
create table correction (
    source_uid         text             primary key,
    source_class_uid   text             not null,
    source_series_uid  text             not null,
    calling_ae         text             not null,
    study_uid          text             not null,
    -- The revision that it opened, and the one whose result it corrects.
    revision           integer          not null check (revision > 1),
    corrects           integer          not null check (corrects > 0),
    -- The contour, a row of expert_contour.
    sop_instance_uid   text             not null,
    observer           text             not null,
    structure          text             not null,
    version            integer          not null,
    -- Who drew, where the object says it; and who approved it, where it says all of that.
    person             text,
    reviewer           text,
    organization       text,
    reviewed_at        text,
    -- How it was known to be a correction, in words.
    recognised_by      text             not null,
    -- The result of the models behind it: its revision, its mask (one bit a pixel, canonical orientation, deflated).
    automatic          integer          not null check (automatic > 0),
    automatic_mask     bytea            not null,
    automatic_area_cm2 double precision not null,
    model_id           text             not null,
    model_version      text             not null,
    model_sha256       text             not null,
    at                 timestamptz      not null,
    unique (study_uid, revision),
    foreign key (sop_instance_uid, observer, structure, version)
        references expert_contour (sop_instance_uid, observer, structure, version)
);
create trigger correction_append_only before update or delete or truncate on correction
    for each statement execute function expert_contour_is_append_only();
