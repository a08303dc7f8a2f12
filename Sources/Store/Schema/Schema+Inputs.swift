// Who waits for a value from outside.

extension Schema {
    /// Values that people post to running flows (spec storage-and-operations 7.1).
    static let inputs = """
        -- Only a hash of the key in the address is stored. value is the tagged form. expires_at is null for what waits
        -- for ever.
        CREATE TABLE api_input_requests (
            key_hash    bytea       PRIMARY KEY CHECK (octet_length(key_hash) = 32),
            flow_run_id uuid        NOT NULL REFERENCES flow_run (id) ON DELETE CASCADE,
            node_id     uuid        NOT NULL,
            times       integer     NOT NULL,
            created_at  timestamptz NOT NULL DEFAULT now(),
            expires_at  timestamptz,
            value       json,
            status      text        NOT NULL DEFAULT 'pending'
                        CHECK (status IN ('pending', 'submitted', 'canceled', 'expired')),
            UNIQUE (flow_run_id, node_id, times),
            CHECK ((value IS NOT NULL) = (status = 'submitted'))
        );
        """

    static let hiddenInputs = """
        -- Something in value was hidden when it was written down: it is not what was posted.
        ALTER TABLE api_input_requests ADD COLUMN value_hidden boolean NOT NULL DEFAULT false;
        """
}
