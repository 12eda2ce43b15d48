create table item(sku text primary key, price int, category int, note text) without rowid;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 700)
  insert into item select printf('%08x', i * 2654435761 % 4294967296), i * 37 % 500, i % 23, hex(i * i) from n;
create table sale(id integer primary key autoincrement, sku text, quantity int, stamp text);
insert into sale(sku, quantity, stamp) select sku, price % 5 + 1, date('2020-01-01', '+' || (price % 300) || ' days') from item;
create index sale_by_stamp on sale(stamp);
create view revenue as select category, sum(price * quantity) as total from sale join item using (sku) group by category;
select category, total, rank() over (order by total desc) from revenue order by total desc limit 8;
select strftime('%m', stamp) as month, count(*), sum(quantity) from sale where stamp >= '2020-03-01' group by month;
create trigger sold after insert on sale begin update item set price = price - 1 where sku = new.sku; end;
insert into sale(sku, quantity, stamp) select sku, 1, '2021-01-01' from item where category < 4;
select count(*), sum(price) from item where note glob '*A?' or note like '1%' or sku between '4' and '6';
select case when price < 100 then 'low' when price < 300 then 'mid' else 'high' end as band, avg(price), min(note) from item group by band;
select json_extract(json_object('a', category, 'b', json_array(price, note)), '$.b[1]') as j from item where category = 5 order by j limit 5;
delete from sale where sku in (select sku from item where price % 2 = 0);
select count(distinct stamp), total(quantity) from sale;
select a.sku from item a where not exists (select 1 from sale s where s.sku = a.sku) order by a.price limit 3;
