// What runs need to be taken up again by another server.

extension Schema {
    static let resumption = """
        -- Something in inputs was hidden when they were written down, so that the run cannot begin again with them.
        ALTER TABLE flow_run ADD COLUMN inputs_hidden boolean NOT NULL DEFAULT false;
        """
}
