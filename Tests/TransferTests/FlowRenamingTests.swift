import Primitives
import Testing
import Transfer
import Wire

@Suite struct `References of imported flows` {
    private static let old = "11111111-1111-4111-8111-111111111111"
    private static let new = "22222222-2222-4222-8222-222222222222"

    private var renaming: FlowRenaming {
        var renaming = FlowRenaming()
        if let old = UniqueID(Self.old), let new = UniqueID(Self.new) { renaming.flowUUIDs[old] = new }
        renaming.flowNumbers[7] = 70
        renaming.wallets[12] = 120
        return renaming
    }

    private func node(_ kind: String, _ data: String) -> String {
        #"[{"id":"x","type":"native","width":1.50,"data":{"node_id":"\#(kind)",\#(data)}}]"#
    }

    @Test(arguments: [
        (
            "interflow", #""config":{"flow_id":{"S":"\#(old)"},"a":1}"#,
            #""config":{"flow_id":{"S":"\#(new)"},"a":1}"#
        ),
        ("interflow", #""config":{"flow_id":"\#(old.uppercased())"}"#, #""config":{"flow_id":"\#(new)"}"#),
        ("interflow", #""config":{"flow_id":{"U":"7"}}"#, #""config":{"flow_id":{"U":"70"}}"#),
        ("interflow", #""config":{"flow_id":7}"#, #""config":{"flow_id":70}"#),
        ("interflow_instructions", #""config":{"flow_id":{"S":"7"}}"#, #""config":{"flow_id":{"S":"70"}}"#),
        ("@spo/flow.interflow.0.1", #""config":{"flow_id":"7"}"#, #""config":{"flow_id":"70"}"#),
        (
            "interflow", #""targets_form":{"form_data":{"flow_id":7}}"#,
            #""targets_form":{"form_data":{"flow_id":70}}"#
        ),
        (
            "interflow", #""targets_form.form_data":{"flow_id":7}"#,
            #""targets_form.form_data":{"flow_id":70}"#
        ),
        (
            "interflow", #""targets_form":{"form_data":{"id":7}},"config":{"id":7}"#,
            #""targets_form":{"form_data":{"id":70}},"config":{"id":70}"#
        ),
        ("wallet", #""config":{"wallet_id":{"U":"12"}}"#, #""config":{"wallet_id":{"U":"120"}}"#),
        (
            "wallet", #""config":{"wallet_id":12,"public_key":"k"}"#,
            #""config":{"wallet_id":120,"public_key":"k"}"#
        ),
    ])
    func `are renamed where they stand, and nothing else`(kind: String, before: String, after: String) throws
    {
        let renamed = try renaming.rename(JSONValue.parse(node(kind, before)))
        #expect(renamed?.text == node(kind, after))
    }

    @Test(arguments: [
        (#"{"id":94}"#, #"{"id":"00000000-0000-0000-0000-00000000005e"}"#),
        (#"{"flow_id":{"U":"94"}}"#, #"{"flow_id":{"S":"00000000-0000-0000-0000-00000000005e"}}"#),
        (#"{"flow_id":"94"}"#, #"{"flow_id":"00000000-0000-0000-0000-00000000005e"}"#),
        (#"{"flow_id":7}"#, #"{"flow_id":70}"#), (#"{"flow_id":0}"#, #"{"flow_id":0}"#),
        (#"{"flow_id":-1}"#, #"{"flow_id":-1}"#), (#"{"flow_id":"x"}"#, #"{"flow_id":"x"}"#),
    ])
    func `become UUIDs where numbers stand for them`(before: String, after: String) throws {
        var renaming = renaming
        renaming.numbersStandForUUIDs = true
        let nodes = try JSONValue.parse(node("interflow", #""config":\#(before)"#))
        #expect((renaming.rename(nodes) ?? nodes).text == node("interflow", #""config":\#(after)"#))
    }

    @Test(arguments: [
        ("interflow", #""config":{"flow_id":8}"#), ("interflow", #""config":{"wallet_id":12}"#),
        ("wallet", #""config":{"wallet_id":13}"#), ("wallet", #""config":{"id":7}"#),
        ("const", #""config":{"flow_id":7,"wallet_id":12}"#),
        ("interflow", #""config":{"flow_id":{"M":{"S":"7"}}}"#), ("interflow", #""config":[7]"#),
        ("interflow", #""config":{"flow_id":7.0}"#), ("wallet", #""config":{"wallet_id":{"U":12,"S":"12"}}"#),
    ])
    func `stay if they mean something else`(kind: String, data: String) throws {
        #expect(try renaming.rename(JSONValue.parse(node(kind, data))) == nil)
    }

    @Test(arguments: ["[]", "{}", "null", "[1,null,{}]", #"[{"data":[]}]"#, #"[{"data":{"node_id":7}}]"#])
    func `are looked for in anything`(nodes: String) throws {
        #expect(try renaming.rename(JSONValue.parse(nodes)) == nil)
    }
}
