// The statements of users' files. The functions behind the writing ones are described in Schema+Stores.

internal import Postgres

/// What is asked about files. Parameters begin with owner, bucket and path.
enum FileStatements {
    static let all = [put, content, delete, summary, list]

    /// Outcome and time.
    static let put = PostgresStatement(
        "file_put", [.uuid, .text, .text, .text, .bytea, .bool],
        "SELECT outcome, modified FROM file_put($1, $2, $3, $4, $5, $6)")

    /// Type, size, time and content; no row if the file is not there.
    static let content = PostgresStatement(
        "file_content", [.uuid, .text, .text],
        """
        SELECT content_type, octet_length(content)::bigint, modified_at, content
        FROM files WHERE user_id = $1 AND bucket = $2 AND path = $3
        """)

    /// Type, size and time of what was deleted; no row if the file is not there.
    static let delete = PostgresStatement(
        "file_delete", [.uuid, .text, .text], "SELECT kind, size, modified FROM file_delete($1, $2, $3)")

    /// Type, size and time; no row if the file is not there.
    static let summary = PostgresStatement(
        "file_summary", [.uuid, .text, .text],
        """
        SELECT content_type, octet_length(content)::bigint, modified_at
        FROM files WHERE user_id = $1 AND bucket = $2 AND path = $3
        """)

    /// The names that follow a prefix, which is empty or ends with a slash: of files up to their end, of folders up to
    /// their slash.
    static let list = PostgresStatement(
        "file_list", [.uuid, .text, .text, .integer],
        """
        SELECT DISTINCT split_part(substr(path, length($3) + 1), '/', 1) AS name
        FROM files WHERE user_id = $1 AND bucket = $2 AND path >= $3 AND starts_with(path, $3)
        ORDER BY name LIMIT $4
        """)
}
