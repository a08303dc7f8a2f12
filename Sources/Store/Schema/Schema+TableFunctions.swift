// What tables over HTTP need of the database: JSON that it can read whatever was stored, and numbers of deleted flows.

extension Schema {
    static let tableFunctions = """
        -- The database stores a NUL in a string, but cannot read it: U+FFFD stands for it then. Only an escape is one: behind
        -- an escaped backslash the same letters are text. No JSON holds the character that stands for such pairs meanwhile.
        CREATE FUNCTION json_readable(document json) RETURNS json LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        DECLARE
            content text := document::text;
        BEGIN
            IF strpos(content, '\\u0000') = 0 THEN RETURN document; END IF;
            RETURN replace(replace(replace(content, '\\\\', E'\\x01'), '\\u0000', '\\ufffd'), E'\\x01', '\\\\')::json;
        END $$;

        -- Null for what cannot be compared, such as numbers beyond all bounds: a row with it must not fail others' questions.
        CREATE FUNCTION json_comparable(document json) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        BEGIN
            RETURN json_readable(document)::text::jsonb;
        EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
            RETURN NULL;
        END $$;

        -- A member of an object; null if it is not there, or null itself.
        CREATE FUNCTION json_member(document json, name text) RETURNS json LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        AS $$
        DECLARE
            member json := json_readable(document) -> name;
        BEGIN
            RETURN CASE WHEN json_typeof(member) <> 'null' THEN member END;
        END $$;

        -- The members of both, those of the newer one if both have them. Names are read, values stay as they are written.
        CREATE FUNCTION json_merged(older json, newer json) RETURNS json LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT COALESCE(json_object_agg(m.key, m.value), '{}') FROM (
                SELECT o.key, o.value FROM json_each(json_readable(older)) o
                WHERE NOT EXISTS (SELECT FROM json_each(json_readable(newer)) n WHERE n.key = o.key)
                UNION ALL SELECT n.key, n.value FROM json_each(json_readable(newer)) n) m
        $$;

        CREATE FUNCTION refuse_large_answer() RETURNS text LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the rows of an embedded table are too large' USING ERRCODE = '54000';
        END $$;

        -- Whose the numbers of deleted flows were. Addresses and deployments still hold them, so nobody else gets them.
        CREATE TABLE flow_numbers (
            id      integer PRIMARY KEY,
            user_id uuid    NOT NULL
        );

        CREATE FUNCTION keep_flow_number() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO flow_numbers (id, user_id) VALUES (OLD.id, OLD.user_id)
            ON CONFLICT (id) DO UPDATE SET user_id = EXCLUDED.user_id;
            RETURN NULL;
        END $$;
        CREATE TRIGGER keep_number AFTER DELETE ON flows FOR EACH ROW EXECUTE FUNCTION keep_flow_number();

        -- The number of a new flow: the wanted one if a deleted flow of this user had it, otherwise a new one. One that a flow
        -- of this user has now is given as well, and is refused as a duplicate.
        CREATE FUNCTION flow_number(wanted integer, whose uuid) RETURNS integer LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM flows f WHERE f.id = wanted AND f.user_id = whose)
                OR EXISTS (SELECT FROM flow_numbers n WHERE n.id = wanted AND n.user_id = whose)
            THEN
                RETURN wanted;
            END IF;
            RETURN nextval(pg_get_serial_sequence('flows', 'id'))::integer;
        END $$;
        """
}
