// Whose key a deployment may sign its actions with (seed 002).

extension Schema {
    static let actionIdentities = """
        CREATE OR REPLACE FUNCTION deployment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (NEW.id, NEW.created_at, NEW.user_id, NEW.entrypoint)
                IS DISTINCT FROM (OLD.id, OLD.created_at, OLD.user_id, OLD.entrypoint)
            THEN
                RAISE EXCEPTION 'id, created_at, user_id and entrypoint of a deployment cannot change'
                    USING ERRCODE = 'check_violation';
            END IF;
            -- Starts look again: the wallet may go later.
            IF NEW.action_identity IS DISTINCT FROM OLD.action_identity AND NEW.action_identity IS NOT NULL
                AND NOT has_hardcoded_wallet(NEW.user_id, NEW.action_identity)
            THEN
                RAISE EXCEPTION 'action_identity must be the public key of a hard-coded wallet of the owner'
                    USING ERRCODE = 'FW001';
            END IF;
            RETURN NEW;
        END $$;

        CREATE FUNCTION has_hardcoded_wallet(whose uuid, key text) RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT EXISTS (
                SELECT FROM wallets w WHERE w.user_id = whose AND w.public_key = key AND w.type = 'HARDCODED')
        $$;
        """
}
