import Engine
import Primitives

extension FlowRow {
    /// The flow of a bench: its document is `flow`, and only its owner may start it.
    static func ofBench(_ owner: UserID) -> FlowRow {
        FlowRow(
            number: 7, uuid: UniqueID(high: 7, low: 7), owner: owner, isPublic: false, startShared: false,
            startUnverified: false, readEnabled: false, version: 1, document: Array("flow".utf8))
    }
}
