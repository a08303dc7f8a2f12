import Foundation
import Testing

@testable import Daemon

/// A folder that goes away with the test.
private struct Place: ~Copyable {
    let path = NSTemporaryDirectory() + "flowd-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func permissions(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path + name)[.posixPermissions] as? Int
    }
}

@Suite struct `A folder that is closed to others` {
    @Test func `is made with its permissions, and found again`() throws {
        let place = try Place()
        for _ in 0..<2 {
            try ClosedFolder.make(place.path + "/socket", permissions: 0o700, for: nil)
            #expect(try place.permissions("/socket") == 0o700)
        }
        let mask = umask(0o077)
        defer { _ = umask(mask) }
        try ClosedFolder.make(place.path + "/home", permissions: 0o711, for: nil)
        #expect(try place.permissions("/home") == 0o711)
    }

    @Test func `is not one that is open`() throws {
        let place = try Place()
        let path = place.path + "/socket"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(chmod(path, 0o750) == 0)
        let error = #expect(throws: StartError.self) {
            try ClosedFolder.make(path, permissions: 0o700, for: nil)
        }
        #expect(error?.description.contains("is open to others") == true)
        #expect(try place.permissions("/socket") == 0o750)
    }

    @Test func `is not a link, nor a file`() throws {
        let place = try Place()
        let target = place.path + "/target"
        try FileManager.default.createDirectory(
            atPath: target, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let link = place.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        let file = place.path + "/file"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        for path in [link, file] {
            let error = #expect(throws: StartError.self) {
                try ClosedFolder.make(path, permissions: 0o700, for: nil)
            }
            #expect(error?.description.contains("is not a folder but a link or a file") == true)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can make folders of others"))
    func `is not another user's, and goes to whom it is for`() throws {
        let place = try Place()
        let path = place.path + "/socket"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let user = UnprivilegedUser(name: "somebody", user: 61_234, group: 61_234)
        try ClosedFolder.make(path, permissions: 0o700, for: user)
        try ClosedFolder.make(path, permissions: 0o700, for: user)
        let other = UnprivilegedUser(name: "other", user: 61_235, group: 61_235)
        for wrong in [nil, other] {
            let error = #expect(throws: StartError.self) {
                try ClosedFolder.make(path, permissions: 0o700, for: wrong)
            }
            #expect(error?.description.contains("belongs to another user (61234)") == true)
        }
        let owner = try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? Int
        #expect(owner == 61_234)
    }
}
