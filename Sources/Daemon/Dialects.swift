// The dialects that this server speaks, and what the server has for them.

public import Dialect
public import Engine
internal import Identity
internal import SpaceOperator
internal import Store

extension Daemon {
    /// One line for each dialect, in the order in which they are asked whether a request is theirs. The last one takes what
    /// no other claims.
    public static let dialects: [DialectRegistration<DialectParts>] = [
        .spaceOperator
    ]
}

/// What dialects are made of. Those of this repository find storage and settings here, too.
public struct DialectParts: Sendable {
    public let engine: FlowEngine
    let storage: Storage
    let configuration: Configuration
    let transfer: TransferDesk
    /// Signed tokens are signed with it.
    let tokenSecret: Secret
}

extension DialectRegistration where Parts == DialectParts {
    /// What existing Space Operator clients speak.
    static var spaceOperator: DialectRegistration {
        DialectRegistration { tracks in
            let numbers = SpaceOperatorTracks(in: &tracks)
            return { parts in
                var services = SpaceOperatorServices(parts.storage, parts.engine)
                services.exporter = parts.transfer
                services.importer = parts.transfer
                services.accounts = AccountServices(
                    parts.storage, tokenSecret: parts.tokenSecret,
                    signUpIsOpen: parts.configuration.signUpIsOpen)
                return SpaceOperatorDialect(services, tracks: numbers)
            }
        }
    }
}
