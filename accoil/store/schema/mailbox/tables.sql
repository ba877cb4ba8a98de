-- Blocks that receivers have put in. One that was put in twice lies there twice for a while, and is read once.
create table block (
    receiver String, number Int64, before Int64, calls Int64, facts String codec(NONE)
) engine = ReplacingMergeTree order by (receiver, number);

-- The last block of each that is in the journal of the process that counts.
create table taken (receiver String, number Int64) engine = ReplacingMergeTree(number) order by receiver;
