-- When something was last seen is in `ever`: a name need not be told anew whenever it comes.
alter table name drop column if exists last_at;
