import Dialect
import Engine
import Identity
import Primitives
import Synchronization
import TestKit
import Testing
import Wire

@testable import SpaceOperator

private let owner = known(UserID("e006ca5d-3c7c-4839-8b23-9c6f624f36b9"))
private let ownerKey = known(PublicKey("9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj"))
private let run = known(RunID("b6223a0f-1d8b-44e3-b0d0-0130ebbfdf0e"))

private let (tracks, trackNumbers) = {
    var table = TrackTable()
    let numbers = SpaceOperatorTracks(in: &table)
    return (table, numbers)
}()

private func makeSession(firstNumber: UInt64 = 3) -> SpaceOperatorSession {
    let numbers = Mutex(firstNumber)
    return SpaceOperatorSession(
        tracks: trackNumbers,
        makeSubscriptionNumber: {
            numbers.withLock { number in
                defer { number += 1 }
                return number
            }
        })
}

private func sent(_ orders: [SessionOrder]) -> [String] {
    orders.compactMap { order in
        if case .send(let text) = order { String(decoding: text, as: UTF8.self) } else { nil }
    }
}

extension SpaceOperatorSession {
    fileprivate mutating func say(_ text: String) -> [SessionOrder] { received(.text(Array(text.utf8))) }
}

@Suite struct `A Space Operator session` {
    @Test(arguments: [
        ("hello", #"{"id":-1,"Err":"expected value at line 1 column 1"}"#),
        ("{}", #"{"id":-1,"Err":"missing field `id` at line 1 column 2"}"#),
        (#"{"id":7}"#, #"{"id":7,"Err":"missing field `method` at line 1 column 8"}"#),
        (
            #"{"id":7,"method":"Nope","params":{}}"#,
            #"{"id":7,"Err":"unknown variant `Nope`, expected one of `Authenticate`, `SubscribeFlowRunEvents`, `SubscribeSignatureRequests` at line 1 column 36"}"#
        ),
        (
            #"{"id":7,"method":"Authenticate"}"#,
            #"{"id":7,"Err":"missing field `params` at line 1 column 32"}"#
        ),
        (
            #"{"id":7,"method":"Authenticate","params":{}}"#,
            #"{"id":7,"Err":"missing field `token` at line 1 column 44"}"#
        ),
        (
            #"{"id":"7","method":"Authenticate","params":{"token":"x"}}"#,
            #"{"id":-1,"Err":"invalid type: string \"7\", expected i64 at line 1 column 9"}"#
        ),
        (
            #"{"method":"Authenticate","params":{"token":"x"}}"#,
            #"{"id":-1,"Err":"missing field `id` at line 1 column 48"}"#
        ),
        (
            #"{"id":1,"method":"SubscribeSignatureRequests","params":{}}"#, #"{"id":1,"Err":"unauthorized"}"#
        ),
    ])
    func `answers a message that is no request with its rule, and goes on`(message: String, answer: String) {
        var session = makeSession()
        #expect(sent(session.say(message)) == [answer])
        #expect(sent(session.say("hello")) == [#"{"id":-1,"Err":"expected value at line 1 column 1"}"#])
    }

    @Test func `names the field when a run id is no UUID`() {
        var session = makeSession()
        let answer = sent(
            session.say(#"{"id":4,"method":"SubscribeFlowRunEvents","params":{"flow_run_id":"nope"}}"#))
        #expect(answer.count == 1)
        #expect(answer[0].hasPrefix(#"{"id":4,"Err":"UUID parsing failed: flow_run_id"#))
    }

    @Test func `speaks the documented spelling: numbers by counting, one key in each answer`() throws {
        var session = makeSession()
        let first = session.say(#"{"Authenticate":{"token":"b3-x"}}"#)
        guard case .authenticate(.token(let token))? = first.first else {
            throw Surprise(expected: "authenticate", first)
        }
        #expect(token == "b3-x")
        #expect(
            sent(session.authenticated(.caller(.user(owner, ownerKey))))
                == [#"{"id":0,"Ok":{"user_id":"e006ca5d-3c7c-4839-8b23-9c6f624f36b9"}}"#])
        let second = session.say(#"{"SubscribeFlowRunEvents":{"flow_run_id":"\#(run)"}}"#)
        guard case .call(.watch(let watched, let principals))? = second.first else {
            throw Surprise(expected: "call(watch)", second)
        }
        #expect(watched == run)
        #expect(principals == [.user(owner)])
        let orders = session.replied(
            .watching(RunFeed(storedRun: run, tracks: tracks)))
        #expect(sent(orders) == [#"{"id":1,"Ok":{"subscription_id":3}}"#])
        guard case .subscribe(let subscription)? = orders.last else {
            throw Surprise(expected: "subscribe", orders)
        }
        #expect(subscription.prefix == Array(#"{"sub_id":3,"#.utf8))
        #expect(subscription.track == trackNumbers[.documented])
    }

    @Test func `speaks the numbered spelling: ids echoed, all three keys, exactly one in a subscription`()
        throws
    {
        var session = makeSession(firstNumber: 0)
        _ = session.say(#"{"id":9,"method":"Authenticate","params":{"token":"b3-x"}}"#)
        #expect(
            sent(session.authenticated(.caller(.user(owner, ownerKey)))) == [
                #"{"id":9,"Ok":{"user_id":"e006ca5d-3c7c-4839-8b23-9c6f624f36b9","pubkey":"9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj","flow_run_id":null}}"#
            ])
        _ = session.say(#"{"id":-2,"method":"SubscribeFlowRunEvents","params":{"flow_run_id":"\#(run)"}}"#)
        let orders = session.replied(
            .watching(RunFeed(storedRun: run, tracks: tracks)))
        #expect(sent(orders) == [#"{"id":-2,"Ok":{"stream_id":0}}"#])
    }

    @Test func `adds identities up and loses none to a failure`() throws {
        var session = makeSession()
        _ = session.say(#"{"Authenticate":{"token":"b3-x"}}"#)
        _ = session.authenticated(.caller(.user(owner, ownerKey)))
        _ = session.say(#"{"Authenticate":{"token":"wrong"}}"#)
        #expect(
            sent(session.authenticated(.refused(.tokenMalformed))) == [#"{"id":1,"Err":"unauthenticated"}"#])
        _ = session.say(#"{"id":5,"method":"Authenticate","params":{"token":"fr-x"}}"#)
        #expect(
            sent(session.authenticated(.caller(.run(run)))) == [
                #"{"id":5,"Ok":{"user_id":null,"pubkey":null,"flow_run_id":"b6223a0f-1d8b-44e3-b0d0-0130ebbfdf0e"}}"#
            ])
        let orders = session.say(#"{"SubscribeFlowRunEvents":{"flow_run_id":"\#(run)"}}"#)
        guard case .call(.watch(_, let principals))? = orders.first else {
            throw Surprise(expected: "call(watch)", orders)
        }
        #expect(principals == [.user(owner), .run(run)])
    }

    @Test func `takes a token with a subscription as an authentication first`() throws {
        var session = makeSession()
        let orders = session.say(
            #"{"id":10,"method":"SubscribeFlowRunEvents","params":{"flow_run_id":"\#(run)","token":"fr-x"}}"#)
        guard case .authenticate(.token(let token))? = orders.first else {
            throw Surprise(expected: "authenticate", orders)
        }
        #expect(token == "fr-x")
        #expect(
            sent(session.authenticated(.refused(.runTokenForged))) == [#"{"id":10,"Err":"unauthenticated"}"#])
    }

    @Test(arguments: [
        (EngineError.notFound, #"{"id":0,"Err":"not found"}"#),
        (EngineError.unauthorized, #"{"id":0,"Err":"unauthorized"}"#),
    ])
    func `words the engine's refusals`(error: EngineError, answer: String) {
        var session = makeSession()
        _ = session.say(#"{"SubscribeFlowRunEvents":{"flow_run_id":"\#(run)"}}"#)
        #expect(sent(session.replied(.refused(error))) == [answer])
    }

    @Test func `counts every text message and answers broken ones by the peer's habit`() {
        var session = makeSession()
        _ = session.say("broken")
        _ = session.say(#"{"Authenticate":{"token":"x"}}"#)
        #expect(sent(session.authenticated(.refused(.missing))) == [#"{"id":1,"Err":"unauthenticated"}"#])
        #expect(sent(session.say("broken")) == [#"{"id":2,"Err":"expected value at line 1 column 1"}"#])
        #expect(sent(session.say(#"{"Nope":{}}"#))[0].hasPrefix(#"{"id":3,"Err":"unknown variant `Nope`"#))
    }

    @Test func `ignores binary messages`() {
        var session = makeSession()
        #expect(session.received(.binary([1, 2, 3])).isEmpty)
    }

    @Test func `refuses a subscription too many and takes one again when one has ended`() {
        var session = makeSession()
        let feed = RunFeed(storedRun: run, tracks: tracks)
        for _ in 0..<Limits.subscriptionsPerConnectionMax {
            _ = session.say(#"{"SubscribeFlowRunEvents":{"flow_run_id":"\#(run)"}}"#)
            _ = session.replied(.watching(feed))
        }
        #expect(
            sent(session.say(#"{"SubscribeFlowRunEvents":{"flow_run_id":"\#(run)"}}"#))[0].contains(
                "too many"))
        session.subscriptionEnded(3)
        #expect(sent(session.say(#"{"SubscribeFlowRunEvents":{"flow_run_id":"\#(run)"}}"#)).isEmpty)
    }
}

@Suite struct `What a session offers beyond the existing clients` {
    private let feed = RunFeed(storedRun: run, tracks: tracks)

    /// The subscription that a session orders for these further members of a request.
    private func order(_ members: String) throws -> SubscriptionOrder {
        var session = makeSession()
        _ = session.say(#"{"SubscribeFlowRunEvents":{"flow_run_id":"\#(run)"\#(members)}}"#)
        let orders = session.replied(.watching(feed))
        guard case .subscribe(let order)? = orders.last else {
            throw Surprise(expected: "subscribe", orders)
        }
        return order
    }

    @Test func `is not seen by those who do not use it`() throws {
        for members in ["", #","after":null,"kinds":null"#] {
            let order = try order(members)
            #expect(order.after == 0 && order.kinds == .all && order.placing == nil)
            #expect(order.opening(of: 7) == Array(#"{"sub_id":3,"#.utf8))
        }
        var session = makeSession()
        #expect(
            sent(session.say(#"{"id":1,"method":"Nope","params":{}}"#))[0].contains("Unsubscribe") == false)
    }

    @Test func `is a place to go on behind, and the place of each message`() throws {
        let order = try order(#","after":9007199254740991"#)
        #expect(order.after == 9_007_199_254_740_991)
        #expect(order.opening(of: 12) == Array(#"{"sub_id":3,"seq":12,"#.utf8))
        #expect(order.opening(of: nil) == Array(#"{"sub_id":3,"#.utf8))
    }

    @Test func `is a choice of kinds, among which is always the end`() throws {
        let kinds = try order(#","kinds":["NodeOutput","ApiInput","NodeOutput"]"#).kinds
        #expect(kinds == RunEventKinds([.nodeOutput, .inputRequested, .flowFinished]))
        #expect(try order(#","kinds":[]"#).kinds == RunEventKinds([.flowFinished]))
    }

    @Test(arguments: [
        #""after":-1"#, #""after":1.5"#, #""after":9007199254740992"#, #""after":"1""#, #""after":true"#,
        #""kinds":"NodeOutput""#, #""kinds":[1]"#, #""kinds":["nodeOutput"]"#, #""kinds":[null]"#,
        #""kinds":{}"#,
    ])
    func `is refused if it is not what it must be`(member: String) {
        var session = makeSession()
        let request =
            #"{"id":4,"method":"SubscribeFlowRunEvents","params":{"flow_run_id":"\#(run)",\#(member)}}"#
        #expect(sent(session.say(request)).map { $0.hasPrefix(#"{"id":4,"Err":"#) } == [true])
    }

    @Test(arguments: [
        (#"{"Unsubscribe":{"subscription_id":3}}"#, #"{"id":1,"Ok":{"subscription_id":3}}"#),
        (#"{"id":9,"method":"Unsubscribe","params":{"stream_id":3}}"#, #"{"id":9,"Ok":{"stream_id":3}}"#),
    ])
    func `is an end before the end, once`(request: String, answer: String) throws {
        var session = makeSession()
        _ = session.say(#"{"SubscribeFlowRunEvents":{"flow_run_id":"\#(run)"}}"#)
        _ = session.replied(.watching(feed))
        let orders = session.say(request)
        guard case .unsubscribe(3)? = orders.first else {
            throw Surprise(expected: "unsubscribe(3)", orders)
        }
        #expect(sent(orders) == [answer])
        #expect(sent(session.say(request))[0].hasSuffix(#""Err":"not found"}"#))
    }
}
