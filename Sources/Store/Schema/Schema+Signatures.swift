// Who is asked for a signature.

extension Schema {
    /// Messages that people are asked to sign (spec storage-and-operations 7.1).
    static let signatures = """
        -- id is random: it tells nothing about others. user_id is who is asked; null for the holder of the run's token.
        -- pubkey is Base58, msg and new_msg are Base64, signature is Base58.
        CREATE TABLE signature_requests (
            id          bigint      PRIMARY KEY CHECK (id BETWEEN 1 AND 9007199254740991),
            user_id     uuid        REFERENCES users (id) ON DELETE CASCADE,
            flow_run_id uuid        NOT NULL REFERENCES flow_run (id) ON DELETE CASCADE,
            node_id     uuid        NOT NULL,
            times       integer     NOT NULL,
            kind        text        NOT NULL CHECK (kind IN ('transaction_message', 'message')),
            created_at  timestamptz NOT NULL DEFAULT now(),
            expires_at  timestamptz NOT NULL,
            pubkey      text        NOT NULL,
            msg         text        NOT NULL,
            signatures  json,
            signature   text,
            new_msg     text,
            status      text        NOT NULL DEFAULT 'pending'
                        CHECK (status IN ('pending', 'signed', 'expired', 'canceled')),
            resolved_at timestamptz,
            UNIQUE (flow_run_id, node_id, times),
            CHECK ((status = 'signed') = (signature IS NOT NULL)),
            CHECK ((status = 'pending') = (resolved_at IS NULL))
        );
        CREATE INDEX signature_requests_pending ON signature_requests (user_id, created_at, id)
            WHERE status = 'pending';
        """
}
