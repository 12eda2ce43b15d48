create table person(id integer primary key, name text, city text, age int, income real);
insert into person with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
  select i, 'name' || (i * 7919 % 1000), 'city' || (i % 50), i * 31 % 90, i * 17 % 1000 * 1.5 from n;
create index by_city on person(city, age);
create table visit(person int references person, place text, day int);
insert into visit select id, 'p' || (id * 13 % 40), id % 365 from person where id % 2 = 0;
select city, count(*), avg(income), max(age) from person group by city order by 3 desc limit 5;
select p.name, count(v.day) from person p left join visit v on v.person = p.id where p.city in ('city1', 'city7') group by p.id having count(v.day) > 0 order by 1 limit 10;
update person set income = income * 1.1 where age between 20 and 40;
select name, substr(upper(city), 2, 3), round(income, 1) from person where name like '%77%' order by income desc, id limit 20;
delete from visit where day % 7 = 0;
begin; update person set age = age + 1 where city = 'city3'; commit;
select count(*) from person a, person b where a.id = b.age and b.city > 'city3';
select sum(length(name)), group_concat(distinct city) from (select * from person order by age, name limit 500);
