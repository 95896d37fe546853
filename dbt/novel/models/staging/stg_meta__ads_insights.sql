{#- A shop without ads has no such table. #}
{%- set insights = source('meta', 'meta_ads_insights') -%}
{% if cuttle.has_table(insights) -%}
select
  {{ cuttle.md5_key(['date_start', 'account_id', 'ad_id']) }} as insight_key,
  cast(date_start as date) as date_day,
  cast(account_id as varchar) as account_id,
  cast(campaign_id as varchar) as campaign_id,
  campaign_name,
  cast(adset_id as varchar) as adset_id,
  adset_name,
  cast(ad_id as varchar) as ad_id,
  ad_name,
  cast(impressions as bigint) as impressions,
  cast(clicks as bigint) as clicks,
  cast(reach as bigint) as reach,
  {{ cuttle.money('spend') }} as spend,
  'facebook' as source,
  'cpc' as medium,
  {{ cuttle.tz_to_ts('_airbyte_extracted_at') }} as extracted_at
from {{ insights }}
{%- else -%}
select
  cast(null as varchar) as insight_key,
  cast(null as date) as date_day,
  cast(null as varchar) as account_id,
  cast(null as varchar) as campaign_id,
  cast(null as varchar) as campaign_name,
  cast(null as varchar) as adset_id,
  cast(null as varchar) as adset_name,
  cast(null as varchar) as ad_id,
  cast(null as varchar) as ad_name,
  cast(null as bigint) as impressions,
  cast(null as bigint) as clicks,
  cast(null as bigint) as reach,
  cast(null as decimal(18, 2)) as spend,
  'facebook' as source,
  'cpc' as medium,
  cast(null as timestamp) as extracted_at
where false
{%- endif %}
