-- A search reads texts, and of what it finds all that a list is narrowed and ordered by: with that beside the text it need not
-- look into product for each product found.
ALTER TABLE product_text
  ADD COLUMN id         uuid,
  ADD COLUMN is_active  boolean,
  ADD COLUMN created_at bigint,
  ADD COLUMN price      bigint,
  ADD COLUMN category   text COLLATE "C",
  ADD COLUMN name_key   text COLLATE "C";
UPDATE product_text SET id = product.id, is_active = product.is_active, created_at = product.created_at,
  price = product.price, category = product.category, name_key = product.name_key
  FROM product WHERE product.number = product_text.product;
ALTER TABLE product_text
  ALTER COLUMN id         SET NOT NULL,
  ALTER COLUMN is_active  SET NOT NULL,
  ALTER COLUMN created_at SET NOT NULL,
  ALTER COLUMN price      SET NOT NULL,
  ALTER COLUMN name_key   SET NOT NULL;
