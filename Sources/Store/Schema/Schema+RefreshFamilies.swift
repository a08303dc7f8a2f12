// How a used-up refresh token is known again, however long ago that was.

extension Schema {
    /// Sessions keep what all of their refresh tokens have in common.
    static let refreshFamilies = """
        -- A hash (SHA-256), written with the first renewal: before that no token is used up. previous_hash is of sessions
        -- that were renewed before families were kept, and is not written any more.
        ALTER TABLE user_sessions
            ADD COLUMN family_hash bytea UNIQUE CHECK (octet_length(family_hash) = 32);

        DROP FUNCTION renew_session(bytea, bytea, timestamptz, interval);

        -- Puts a refresh token in the place of the one before. 'renewed'; 'again' for the one before, if its answer may
        -- have been lost; 'reused' for every other token of the session's family, which ends the session, as one of two
        -- who know the family is a thief; 'unknown'.
        CREATE FUNCTION renew_session(
            old bytea, family bytea, fresh bytea, ends timestamptz, grace interval,
            OUT outcome text, OUT session uuid, OUT known users
        ) LANGUAGE plpgsql AS $$
        DECLARE
            found_session user_sessions;
        BEGIN
            outcome := 'unknown';
            SELECT * INTO found_session FROM user_sessions s
            WHERE (s.family_hash = family OR s.refresh_hash = old OR s.previous_hash = old)
                AND s.revoked_at IS NULL AND s.expires_at > now() FOR UPDATE;
            IF NOT FOUND THEN RETURN; END IF;
            SELECT * INTO known FROM users u WHERE u.id = found_session.user_id AND u.disabled_at IS NULL;
            IF NOT FOUND THEN RETURN; END IF;
            session := found_session.id;
            IF found_session.refresh_hash = old THEN
                UPDATE user_sessions
                SET refresh_hash = fresh, family_hash = family, renewed_at = now(), expires_at = LEAST(
                    ends, (SELECT k.expires_at FROM apikeys k WHERE k.key_hash = found_session.api_key_hash))
                WHERE id = session;
                outcome := 'renewed';
            ELSIF found_session.refresh_hash = fresh AND found_session.renewed_at > now() - grace THEN
                outcome := 'again';
            ELSE
                UPDATE user_sessions SET revoked_at = now() WHERE id = session;
                outcome := 'reused';
            END IF;
        END $$;
        """
}
