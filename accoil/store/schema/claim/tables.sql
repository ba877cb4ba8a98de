-- Who counts here: one row, the newest. `folder`: a word that lies in the data folder; `process`: of one that counts
-- there; `place`: where that is, for people; `ended`: whether it has stopped by itself; `renewed`: seconds since 1970.
create table claim (
    one Int64, version Int64, folder String, process String, place String, ended Int64, renewed Int64
) engine = ReplacingMergeTree(version) order by one;
