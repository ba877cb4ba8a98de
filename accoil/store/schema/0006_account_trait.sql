-- The user trait that a product's memberships were read from, beside group calls; null: none.
alter table product add column account_trait varchar;
