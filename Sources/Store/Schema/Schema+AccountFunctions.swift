// The functions that write sessions, API keys and wallets. Functions that count or look for rows of a user lock the
// user's row first, for the same reason as functions on quotas: see Schema+Stores.

extension Schema {
    /// Come with the tables of `accounts`.
    static let accountFunctions = """

        -- Of the many sessions that a program may open, the oldest give way. A young one of a challenge stays: while that
        -- is good, it says that it is used up.
        CREATE FUNCTION open_session(
            whose uuid, session uuid, hash bytea, ends timestamptz, second bigint, key_hash text, sessions_max integer
        ) RETURNS void LANGUAGE sql AS $$
            DELETE FROM user_sessions s WHERE s.user_id = whose
                AND (s.challenge_second IS NULL OR s.created_at < now() - interval '5 minutes')
                AND (s.expires_at <= now() OR s.revoked_at < now() - interval '1 day' OR s.id IN (
                    SELECT o.id FROM user_sessions o WHERE o.user_id = whose
                    ORDER BY o.created_at DESC, o.id DESC OFFSET sessions_max - 1));
            INSERT INTO user_sessions (id, user_id, refresh_hash, challenge_second, api_key_hash, expires_at)
            VALUES (session, whose, hash, second, key_hash, ends);
        $$;

        -- Opens a session of the user who has signed a challenge, who is made if he may be. 'known', 'new', 'closed' (no
        -- new users), 'many' (new users in an hour), 'disabled' or 'used' (the challenge).
        CREATE FUNCTION log_in(
            key text, mail text, may_be_new boolean, new_users_max bigint,
            session uuid, hash bytea, ends timestamptz, second bigint, sessions_max integer,
            OUT outcome text, OUT known users
        ) LANGUAGE plpgsql AS $$
        BEGIN
            outcome := 'known';
            SELECT * INTO known FROM users u WHERE u.pub_key = key FOR NO KEY UPDATE;
            IF NOT FOUND THEN
                -- One at a time, so that what is counted and looked for stays true until the end.
                PERFORM pg_advisory_xact_lock(hashtextextended('sign-up', 0));
                SELECT * INTO known FROM users u WHERE u.pub_key = key FOR NO KEY UPDATE;
            END IF;
            IF NOT FOUND THEN
                IF NOT EXISTS (SELECT FROM pubkey_whitelists w WHERE w.pubkey = key) THEN
                    IF NOT may_be_new THEN
                        outcome := 'closed';
                        RETURN;
                    ELSIF new_users_max <= (
                        SELECT count(*) FROM users u WHERE u.created_at > now() - interval '1 hour')
                    THEN
                        outcome := 'many';
                        RETURN;
                    END IF;
                END IF;
                INSERT INTO users (id, pub_key, email)
                SELECT gen_random_uuid(), key,
                    CASE WHEN NOT EXISTS (SELECT FROM users u WHERE u.email = mail) THEN mail END
                RETURNING * INTO known;
                outcome := 'new';
            ELSIF known.disabled_at IS NOT NULL THEN
                outcome := 'disabled';
                RETURN;
            ELSIF EXISTS (
                SELECT FROM user_sessions s WHERE s.user_id = known.id AND s.challenge_second = second)
            THEN
                outcome := 'used';
                RETURN;
            END IF;
            INSERT INTO wallets AS w (user_id, public_key, name, verified_at)
            VALUES (known.id, key, 'Main wallet', now())
            ON CONFLICT (user_id, public_key) DO UPDATE SET verified_at = now() WHERE w.verified_at IS NULL;
            PERFORM open_session(known.id, session, hash, ends, second, NULL, sessions_max);
        END $$;

        -- Opens a session of a user for one of his keys, which it does not outlive; no row if one of the two has ended.
        -- The key is locked before any session, as by who deletes it.
        CREATE FUNCTION claim_session(
            whose uuid, via text, session uuid, hash bytea, ends timestamptz, sessions_max integer
        ) RETURNS SETOF users LANGUAGE plpgsql AS $$
        DECLARE
            key_ends timestamptz;
        BEGIN
            PERFORM FROM users u WHERE u.id = whose AND u.disabled_at IS NULL FOR NO KEY UPDATE;
            IF NOT FOUND THEN RETURN; END IF;
            SELECT k.expires_at INTO key_ends FROM apikeys k
            WHERE k.key_hash = via AND k.user_id = whose AND (k.expires_at IS NULL OR k.expires_at > now())
            FOR KEY SHARE;
            IF NOT FOUND THEN RETURN; END IF;
            PERFORM open_session(whose, session, hash, LEAST(ends, key_ends), NULL, via, sessions_max);
            RETURN QUERY SELECT * FROM users u WHERE u.id = whose;
        END $$;

        -- Puts a refresh token in the place of the one before. 'renewed'; 'again' for the one before, if its answer may
        -- have been lost; 'reused', which ends the session, as one of two who know the token is a thief; 'unknown'.
        CREATE FUNCTION renew_session(
            old bytea, fresh bytea, ends timestamptz, grace interval,
            OUT outcome text, OUT session uuid, OUT known users
        ) LANGUAGE plpgsql AS $$
        DECLARE
            found_session user_sessions;
        BEGIN
            outcome := 'unknown';
            SELECT * INTO found_session FROM user_sessions s
            WHERE (s.refresh_hash = old OR s.previous_hash = old)
                AND s.revoked_at IS NULL AND s.expires_at > now() FOR UPDATE;
            IF NOT FOUND THEN RETURN; END IF;
            SELECT * INTO known FROM users u WHERE u.id = found_session.user_id AND u.disabled_at IS NULL;
            IF NOT FOUND THEN RETURN; END IF;
            session := found_session.id;
            IF found_session.refresh_hash = old THEN
                UPDATE user_sessions
                SET refresh_hash = fresh, previous_hash = old, renewed_at = now(), expires_at = LEAST(
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

        -- 'done' with the time, 'exists' or 'full'.
        CREATE FUNCTION create_api_key(
            whose uuid, hash text, label text, trimmed text, keys_max bigint, OUT outcome text, OUT made timestamptz
        ) LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM FROM users u WHERE u.id = whose FOR NO KEY UPDATE;
            IF EXISTS (SELECT FROM apikeys k WHERE k.user_id = whose AND k.name = label) THEN
                outcome := 'exists';
            ELSIF (SELECT count(*) FROM apikeys k WHERE k.user_id = whose) >= keys_max THEN
                outcome := 'full';
            ELSE
                INSERT INTO apikeys (key_hash, user_id, name, trimmed_key) VALUES (hash, whose, label, trimmed)
                RETURNING created_at INTO made;
                outcome := 'done';
            END IF;
        END $$;

        -- 'done' with the row, 'exists' or 'full'. A kept key has been seen, so it is verified.
        CREATE FUNCTION add_wallet(
            whose uuid, kind text, key text, box bytea, new_name text, new_adapter text, new_description text,
            new_icon text, new_purpose text, wallets_max bigint, OUT outcome text, OUT wallet wallets
        ) LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM FROM users u WHERE u.id = whose FOR NO KEY UPDATE;
            IF EXISTS (SELECT FROM wallets w WHERE w.user_id = whose AND w.public_key = key) THEN
                outcome := 'exists';
            ELSIF (SELECT count(*) FROM wallets w WHERE w.user_id = whose) >= wallets_max THEN
                outcome := 'full';
            ELSE
                INSERT INTO wallets (user_id, type, public_key, sealed_keypair, name, adapter, description, icon,
                    purpose, verified_at)
                VALUES (whose, kind, key, box, coalesce(new_name, ''), coalesce(new_adapter, ''),
                    coalesce(new_description, ''), new_icon, new_purpose, CASE WHEN box IS NOT NULL THEN now() END)
                RETURNING * INTO wallet;
                outcome := 'done';
            END IF;
        END $$;

        -- The user, if he may have so many more wallets; an error otherwise.
        CREATE FUNCTION owner_of_more_wallets(whose uuid, more bigint, wallets_max bigint) RETURNS uuid
        LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM FROM users u WHERE u.id = whose FOR NO KEY UPDATE;
            IF (SELECT count(*) FROM wallets w WHERE w.user_id = whose) + more > wallets_max THEN
                RAISE EXCEPTION 'too many wallets' USING ERRCODE = 'configuration_limit_exceeded';
            END IF;
            RETURN whose;
        END $$;

        -- Changes what is not null. 'done' with the row, 'missing' (of this user), 'exists' (another of this key), 'no key'
        -- (to sign with) or 'no place' (for a key that the server shall not keep). A box comes with its public key.
        CREATE FUNCTION change_wallet(
            whose uuid, which bigint, kind text, key text, box bytea, new_name text, new_adapter text,
            new_description text, new_icon text, new_purpose text, OUT outcome text, OUT wallet wallets
        ) LANGUAGE plpgsql AS $$
        DECLARE
            old wallets;
        BEGIN
            PERFORM FROM users u WHERE u.id = whose FOR NO KEY UPDATE;
            SELECT * INTO old FROM wallets w WHERE w.id = which AND w.user_id = whose FOR UPDATE;
            IF NOT FOUND THEN
                outcome := 'missing';
                RETURN;
            END IF;
            wallet := old;
            wallet.type := coalesce(kind, old.type);
            wallet.public_key := coalesce(key, old.public_key);
            IF box IS NOT NULL THEN
                wallet.sealed_keypair := box;
                wallet.verified_at := now();
            ELSIF wallet.public_key <> old.public_key THEN
                wallet.sealed_keypair := NULL;
                wallet.verified_at := NULL;
            END IF;
            IF wallet.type = 'ADAPTER' AND box IS NOT NULL THEN
                outcome := 'no place';
            ELSIF wallet.type = 'HARDCODED' AND wallet.sealed_keypair IS NULL THEN
                outcome := 'no key';
            ELSIF EXISTS (
                SELECT FROM wallets w
                WHERE w.user_id = whose AND w.public_key = wallet.public_key AND w.id <> which)
            THEN
                outcome := 'exists';
            ELSE
                UPDATE wallets SET
                    type = wallet.type, public_key = wallet.public_key, verified_at = wallet.verified_at,
                    sealed_keypair = CASE WHEN wallet.type = 'HARDCODED' THEN wallet.sealed_keypair END,
                    name = coalesce(new_name, name), adapter = coalesce(new_adapter, adapter),
                    description = coalesce(new_description, description), icon = coalesce(new_icon, icon),
                    purpose = coalesce(new_purpose, purpose)
                WHERE id = which RETURNING * INTO wallet;
                outcome := 'done';
                RETURN;
            END IF;
            wallet := NULL;
        END $$;
        """
}
