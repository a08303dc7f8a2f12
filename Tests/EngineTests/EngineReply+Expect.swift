// What tests expect of the engine's replies. Another reply ends the test and is told.

import Engine
import Primitives
import TestKit
import Values

extension EngineReply {
    func expectAccepted(file: String = #fileID, line: Int = #line) throws {
        guard case .accepted = self else {
            throw Surprise(expected: "accepted", self, file: file, line: line)
        }
    }

    @discardableResult
    func expectStarted(file: String = #fileID, line: Int = #line) throws -> RunID {
        guard case .started(let run) = self else {
            throw Surprise(expected: "started", self, file: file, line: line)
        }
        return run
    }

    /// The revision that is permitted.
    @discardableResult
    func expectPermitted(file: String = #fileID, line: Int = #line) throws -> String {
        guard case .permitted(let revision) = self else {
            throw Surprise(expected: "permitted", self, file: file, line: line)
        }
        return revision
    }

    @discardableResult
    func expectOutput(file: String = #fileID, line: Int = #line) throws -> ValueMap {
        guard case .output(let output) = self else {
            throw Surprise(expected: "output", self, file: file, line: line)
        }
        return output
    }

    @discardableResult
    func expectWatching(file: String = #fileID, line: Int = #line) throws -> RunFeed {
        guard case .watching(let feed) = self else {
            throw Surprise(expected: "watching", self, file: file, line: line)
        }
        return feed
    }

    func expectWatchingSignatures(file: String = #fileID, line: Int = #line) throws -> SignatureFeed {
        guard case .watchingSignatures(let feed) = self else {
            throw Surprise(expected: "watchingSignatures", self, file: file, line: line)
        }
        return feed
    }

    func expectSignatureRequest(file: String = #fileID, line: Int = #line) throws -> WaitingSignature {
        guard case .signatureRequest(let waiting) = self else {
            throw Surprise(expected: "signatureRequest", self, file: file, line: line)
        }
        return waiting
    }

    func expectPendingSignatures(file: String = #fileID, line: Int = #line) throws -> [WaitingSignature] {
        guard case .pendingSignatures(let waiting) = self else {
            throw Surprise(expected: "pendingSignatures", self, file: file, line: line)
        }
        return waiting
    }

    func expectLastPage(file: String = #fileID, line: Int = #line) throws -> [RunEvent] {
        guard case .page(let events, isLast: true) = self else {
            throw Surprise(expected: "page, isLast: true", self, file: file, line: line)
        }
        return events
    }

    func expectRead(_ status: RunStatus, file: String = #fileID, line: Int = #line) throws -> ValueMap {
        guard case .read(let output, status) = self else {
            throw Surprise(expected: "read with \(status)", self, file: file, line: line)
        }
        return output
    }

    func expectRefusal(file: String = #fileID, line: Int = #line) throws -> EngineError {
        guard case .refused(let error) = self else {
            throw Surprise(expected: "refused", self, file: file, line: line)
        }
        return error
    }

    func expectRefused(_ expected: EngineError, file: String = #fileID, line: Int = #line) throws {
        guard case .refused(let error) = self, error.isSame(as: expected) else {
            throw Surprise(expected: "refused(\(expected))", self, file: file, line: line)
        }
    }

    /// The time to wait is the engine's matter.
    func expectBusy(file: String = #fileID, line: Int = #line) throws {
        guard case .refused(.busy) = self else {
            throw Surprise(expected: "refused(busy)", self, file: file, line: line)
        }
    }

    @discardableResult
    func expectInvalidFlow(file: String = #fileID, line: Int = #line) throws -> GraphProblems {
        guard case .refused(.invalidFlow(let problems)) = self else {
            throw Surprise(expected: "refused(invalidFlow)", self, file: file, line: line)
        }
        return problems
    }
}

extension EngineError {
    /// The same refusal for the same reason. Those that carry texts or times are never the same: they have a function
    /// of their own.
    fileprivate func isSame(as other: EngineError) -> Bool {
        switch (self, other) {
        case (.notFound, .notFound), (.flowNotFound, .flowNotFound), (.notAllowed, .notAllowed),
            (.readNotAllowed, .readNotAllowed), (.unauthorized, .unauthorized), (.noOutput, .noOutput),
            (.noBelongings, .noBelongings),
            (.readTimeout, .readTimeout), (.tooManyCandidates, .tooManyCandidates):
            true
        case (.signature(let mine), .signature(let theirs)): mine == theirs
        case (.storage(let mine), .storage(let theirs)): mine == theirs
        default: false
        }
    }
}
