// From a file to a stored flow.

internal import Documents
internal import Engine
internal import Foundation
internal import Identity
internal import Postgres
internal import Primitives
internal import Store

/// Reads exported documents, checks them as a start would, and stores them. Blocks.
struct FlowImporter {
    let imports: FlowImports
    let compiler: FlowDocumentCompiler

    /// Stores the flow of a file and gives its number. The flow keeps the UUID of the document, by which other flows
    /// run it, unless another flow has it already.
    ///
    /// - Parameter keepsNumber: give the flow the number that the document says, if it says one.
    /// - Throws: every problem of the document at once, and `StartError` when file or database fail.
    func importFile(_ path: String, of owner: UserID, keepsNumber: Bool = false) throws(StartError) -> Int32 {
        guard let file = FileManager.default.contents(atPath: path) else {
            throw StartError("\(path) cannot be read")
        }
        let document: FlowDocument
        do throws(GraphProblems) {
            document = try FlowDocument(Array(file))
            _ = try compiler.compile(Array(file))
        } catch {
            throw StartError(
                "\(path) cannot be imported:\n" + error.problems.map { "  \($0)" }.joined(separator: "\n"))
        }
        var flow = FlowImport(nodes: document.nodesRow, edges: document.edgesRow)
        let settings = document.settings
        flow.name = settings.name
        flow.description = settings.description
        flow.environment = document.environmentRow
        flow.network = document.networkRow
        flow.bundling = settings.bundling
        flow.isPublic = settings.isPublic
        flow.startShared = settings.startShared
        flow.startUnverified = settings.startUnverified
        flow.readEnabled = settings.readEnabled
        do throws(PostgresError) {
            var uuid = settings.uuid
            if !keepsNumber, let name = uuid, try imports.contains(name) { uuid = nil }
            return try imports.add(
                flow, of: owner, number: keepsNumber ? settings.number : nil, uuid: uuid)
        } catch {
            throw StartError("\(path) cannot be stored: \(error)")
        }
    }
}
