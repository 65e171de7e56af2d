#!/bin/sh
# Run once by the PostgreSQL image: one role owns the tables and migrates, the app's role owns nothing.
# By hand, as the user postgres: SECRETS=FOLDER sh roles.sh, with the roles' passwords in FOLDER/owner and FOLDER/app.
set -eu
owner=$(cat "${SECRETS:-/run/secrets}/owner")
app=$(cat "${SECRETS:-/run/secrets}/app")
psql --set=ON_ERROR_STOP=1 --username=postgres --set=owner="$owner" --set=app="$app" <<'SQL'
CREATE ROLE cleanclaim_owner LOGIN PASSWORD :'owner';
CREATE ROLE cleanclaim_app LOGIN PASSWORD :'app';
CREATE DATABASE practice OWNER cleanclaim_owner;
\connect practice
ALTER SCHEMA public OWNER TO cleanclaim_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL
