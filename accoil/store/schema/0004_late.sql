-- Events that came after their day was over and summed up (score/summing_up): whose past they moved. Under the ids they
-- were sent with; who and whose that is, is asked for when it is read.

create table late (                                         -- merge: max of received
    product integer not null, user_id bigint not null, given_id bigint not null, event_id bigint not null,
    day integer not null, received bigint not null
);
