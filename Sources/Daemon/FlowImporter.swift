// From a file to a stored flow.

internal import Documents
internal import Engine
internal import Foundation
internal import Identity
internal import Postgres
internal import Primitives
internal import Store
internal import Transfer
internal import Wire

/// Reads exported documents, checks them as a start would, and stores them; also those for which this server lacks something.
/// Blocks.
struct FlowImporter {
    let imports: FlowImports
    let compiler: FlowDocumentCompiler

    /// A flow that was stored.
    struct Imported {
        let number: Int32
        /// What this server lacks to run it, such as kinds of nodes. A start fails with the same.
        let lacks: [String]
    }

    /// Stores the flow of a file. It keeps the UUID of the document, by which other flows run it, unless another flow has
    /// it already.
    ///
    /// - Parameter keepsNumber: give the flow the number that the document says, if it says one.
    /// - Throws: everything at once that is wrong with the document; also when file or database fail.
    func importFile(
        _ path: String, of owner: UserID, keepsNumber: Bool = false
    ) throws(StartError) -> Imported {
        guard let file = FileManager.default.contents(atPath: path) else {
            throw StartError("\(path) cannot be read")
        }
        let (document, lacks) = try document(Array(file), path)
        let settings = document.settings
        var flow = FlowImport(nodes: FlowImporter.nodes(of: document), edges: document.edgesRow)
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
            let number = try imports.add(
                flow, of: owner, number: keepsNumber ? settings.number : nil, uuid: uuid)
            return Imported(number: number, lacks: lacks)
        } catch {
            throw StartError("\(path) cannot be stored: \(error)")
        }
    }

    /// The nodes with the references that the name of the document tells how to read.
    private static func nodes(of document: FlowDocument) -> [UInt8] {
        var renaming = FlowRenaming()
        renaming.numbersStandForUUIDs = document.settings.uuid?.high == 0
        let row = document.nodesRow
        guard renaming.numbersStandForUUIDs, let tree = try? JSONValue.parse(row) else { return row }
        return renaming.rename(tree)?.encoded ?? row
    }

    /// A document with nothing wrong in it, and what this server lacks to run it.
    private func document(
        _ file: [UInt8], _ path: String
    ) throws(StartError) -> (FlowDocument, lacks: [String]) {
        let problems: [GraphProblem]
        do throws(GraphProblems) {
            let document = try FlowDocument(file)
            do throws(GraphProblems) {
                _ = try compiler.compile(file)
                return (document, [])
            } catch {
                problems = error.problems
            }
            if problems.allSatisfy(\.isLack) { return (document, problems.map(\.description)) }
        } catch {
            problems = error.problems
        }
        throw StartError(
            "\(path) cannot be imported:\n" + problems.map { "  \($0)" }.joined(separator: "\n"))
    }
}
