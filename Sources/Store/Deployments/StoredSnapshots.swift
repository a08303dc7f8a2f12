// Which snapshots need not be sent any more. Owned by the journal's writer, on the storage loop.

internal import Engine
internal import Primitives

/// Hashes of snapshots that are stored for certain; forgetting some only costs sending them again.
final class StoredSnapshots {
    private var hashes: Set<[UInt8]> = []

    func contains(_ snapshot: FlowSnapshot) -> Bool { hashes.contains(snapshot.hash) }

    /// These are stored now.
    func insert(_ stored: [[UInt8]]) {
        if hashes.count + stored.count > Limits.snapshotsKnownMax { hashes.removeAll() }
        hashes.formUnion(stored)
    }

    /// Nothing is certain any more.
    func removeAll() { hashes.removeAll() }

    /// What a run adds to its transaction on top of its row.
    func missingBytes(of row: JournalRow) -> Int {
        guard case .run(let run) = row.content, !contains(run.snapshot) else { return 0 }
        return run.snapshot.document.count
    }
}
