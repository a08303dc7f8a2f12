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
}
