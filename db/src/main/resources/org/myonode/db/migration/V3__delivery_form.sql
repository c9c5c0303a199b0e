-- A destination that does not know the SOP class of an object may get the same content in an older one. What was chosen is
-- kept, so that every further try sends the same bytes under the same UID. Null: the object as it was produced.
alter table delivery add column sop_class_uid text;
alter table delivery add column file text;
alter table delivery add column sha256 text;
