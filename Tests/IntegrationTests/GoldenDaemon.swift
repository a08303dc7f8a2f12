// The daemon that golden exchanges are played to.

import Daemon
import Dialect
import Foundation
import Identity
import Primitives
import TestKit

/// A daemon with the cast and the flows of the files.
final class GoldenDaemon: Sendable {
    /// The one of all tests of this process; it ends with it.
    static let shared = Result { try GoldenDaemon() }
    /// One that speaks further dialects, too.
    static let amongOthers = Result { try GoldenDaemon(DaemonPlace.furtherDialects) }

    let daemon: Daemon
    let place: DaemonPlace
    let peer: GoldenTCPPeer

    private init(_ furtherDialects: [DialectRegistration<DialectParts>] = []) throws {
        var place = try DaemonPlace(
            flows: [GoldenCast.flowsFolder],
            settings: [
                "FLOWD_OWNER_PUBKEY": GoldenCast.ownerKey.text,
                "FLOWD_OWNER_API_KEY": GoldenCast.ownerAPIKey.text,
                "FLOWD_CORS_ORIGINS": "https://app.example.com",
            ])
        let secretFile = place.cluster.folder + "/jwt-secret"
        try Data(GoldenCast.tokenSecret.bytes).write(to: URL(filePath: secretFile))
        place.settings["FLOWD_JWT_SECRET_FILE"] = secretFile
        place.dialects = furtherDialects + place.dialects
        daemon = try place.start()
        self.place = place
        let owner = known(UserID(try place.rows("SELECT id FROM users")[0]))
        let starter = UserID(.random())
        try place.rows(
            """
            INSERT INTO users (id, pub_key) VALUES ('\(starter)', '\(GoldenCast.starterKey)');
            INSERT INTO apikeys (key_hash, user_id, name, trimmed_key) VALUES
                ('\(GoldenCast.starterAPIKey.hash)', '\(starter)', 'starter', '*'),
                ('\(GoldenCast.deletedAPIKey.hash)', '\(owner)', 'deleted', '*');
            DELETE FROM apikeys WHERE name = 'deleted';
            INSERT INTO wallets (user_id, public_key) VALUES ('\(owner)', '\(GoldenCast.starterKey)')
            """)
        let secret = try place.rows(
            "SELECT encode(secret, 'hex') FROM server_secrets WHERE name = 'run-token'")[0]
        peer = GoldenTCPPeer(
            port: daemon.port,
            given: GoldenCast.given(
                owner: owner, starter: starter, base: "http://127.0.0.1:\(daemon.port)"),
            derive: GoldenCast.derive(known(Hexadecimal.decode(secret).flatMap { ServerSecret(bytes: $0) })))
    }
}
