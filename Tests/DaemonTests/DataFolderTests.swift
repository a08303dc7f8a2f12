import Foundation
import Testing

@testable import Daemon

@Suite struct `The data folder` {
    @Test func `is named the same wherever the process stands`() {
        let here = FileManager.default.currentDirectoryPath
        #expect(DataFolder.absolute("./data") == here + "/data")
        #expect(DataFolder.absolute("data/") == here + "/data")
        #expect(DataFolder.absolute("/a/../b/") == "/b")
        #expect(DataFolder.absolute("/") == "/")
    }

    @Test func `belongs to one daemon at a time, and keeps secrets to itself`() throws {
        let path = NSTemporaryDirectory() + "/flowd-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            let folder = try DataFolder(path)
            #expect(throws: StartError.self) { _ = try DataFolder(path) }
            #expect(try folder.read("secret") == nil)
            try folder.writeSecret("secret", "text\n")
            #expect(try folder.read("secret") == "text\n")
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("secret"))
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
        _ = try DataFolder(path)
    }

    @Test func `has a name of its own, which it keeps`() throws {
        let paths = (0..<2).map { _ in NSTemporaryDirectory() + "/flowd-\(UUID().uuidString)" }
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        let names = try paths.map { try InstanceID.of(DataFolder($0)) }
        #expect(names[0] != names[1])
        #expect(try paths.map { try InstanceID.of(DataFolder($0)) } == names)
        let file = paths[0] + "/instance-id"
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        try "somebody wrote here".write(toFile: file, atomically: false, encoding: .utf8)
        let error = #expect(throws: StartError.self) { try InstanceID.of(DataFolder(paths[0])) }
        #expect(error?.description.contains("holds no id") == true)
    }
}
