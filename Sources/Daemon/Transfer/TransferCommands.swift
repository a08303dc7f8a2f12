// The commands that take a user's data out of an installation and into another one, beside a daemon or without one.

internal import CLinux
internal import Documents
internal import Engine
internal import Foundation
internal import Glibc
internal import Identity
internal import Nodes
internal import Postgres
internal import Primitives
internal import Store
internal import Transfer

/// Writes exports to files and takes them over. Blocks.
struct TransferCommands {
    private let connection: BlockingConnection
    private let key: SealingKey

    init(_ connection: BlockingConnection, _ configuration: Configuration) throws(StartError) {
        self.connection = connection
        if let given = try SecretKeyFile.key(configuration) {
            key = given
        } else {
            key = try StartError.fromStorage { () throws(PostgresError) in
                try Secrets(connection).standardKey()
            }
        }
    }

    // MARK: Out

    /// An export's file, on its way to be written.
    ///
    /// - Parameter note: gets what whoever gets the file must know of it, a sentence each.
    func export(
        _ user: UserID, _ passphrase: Passphrase?, note: (String) -> Void
    ) throws(StartError) -> [UInt8] {
        do throws(ExportFailure) {
            return try UserExports(connection, key: key)
                .file(of: user, passphrase: passphrase, bytesMax: Limits.exportBytesMax, note: note)
        } catch {
            throw StartError("\(error)")
        }
    }

    /// Makes the file for an export: empty, readable by its owner only, and never one that is there already.
    static func create(_ path: String) throws(StartError) -> FileHandle {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = errno == EEXIST ? "it is there already" : unsafe String(cString: strerror(errno))
            throw StartError("\(path) cannot be made: \(reason)")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    // MARK: In

    /// Reads an export whole.
    static func read(_ path: String) throws(StartError) -> ExportFile {
        let bytes: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            bytes = try handle.read(upToCount: Limits.exportBytesMax + 1) ?? Data()
        } catch {
            throw StartError("\(path) cannot be read: \(error.localizedDescription)")
        }
        do throws(TransferError) {
            return try ExportFile(Array(bytes))
        } catch {
            throw StartError("\(path) cannot be imported: \(error)")
        }
    }

    /// Takes an export over and says what came of it.
    func importFile(_ file: ExportFile, _ secrets: ExportedSecrets?) throws(StartError) -> String {
        // The first start makes the owner's key and the example flows only where there is nothing yet.
        let owner = try StartError.fromStorage { () throws(PostgresError) in try Accounts(connection).owner()
        }
        guard owner != nil else { throw StartError("there is no owner yet; start the daemon once") }
        do throws(ImportFailure) {
            let report = try TransferCommands.take(file, secrets, on: connection, key: key)
            return TransferCommands.printable(report.description)
        } catch {
            throw StartError("nothing was imported: \(error)")
        }
    }

    /// Takes an export over, all of it or nothing.
    static func take(
        _ file: ExportFile, _ secrets: ExportedSecrets?, on connection: BlockingConnection, key: SealingKey
    ) throws(ImportFailure) -> ImportReport {
        let compiler = FlowDocumentCompiler(registry: NodeLibrary.registry(), digest: Digest.sha256)
        return try ExportImport(connection, key: key) { document in
            do throws(GraphProblems) {
                _ = try compiler.compile(document)
                return []
            } catch {
                return error.problems.map { "\($0)" }
            }
        }.run(file, secrets)
    }

    /// The secrets of an export, if it has some and the operator knows the passphrase.
    static func secrets(of file: ExportFile) throws(StartError) -> ExportedSecrets? {
        guard file[.secrets] != nil, let passphrase = try readPassphrase() else { return nil }
        do throws(TransferError) {
            return try ExportedSecrets(of: file, under: passphrase)
        } catch {
            throw StartError("nothing was imported: \(error)")
        }
    }

    /// The first line of standard input; nil if it is empty. Arguments are visible to everybody.
    static func readPassphrase() throws(StartError) -> Passphrase? {
        if isatty(STDIN_FILENO) == 1 {
            FileHandle.standardError.write(Data("passphrase, or an empty line to leave secrets out: ".utf8))
        }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else { return nil }
        do throws(PassphraseError) {
            return try Passphrase(line)
        } catch {
            throw StartError("\(error)")
        }
    }

    /// The text without control characters: an export must not control the operator's terminal.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar == "\n" || scalar.properties.generalCategory != .control ? scalar : "\u{FFFD}"
                }))
    }
}
