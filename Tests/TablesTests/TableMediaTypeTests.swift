import Primitives
import Testing
import Wire

@testable import Tables

@Suite struct `The form of an answer` {
    @Test(
        arguments: [
            ([], "application/json"), ([""], "application/json"), (["*/*"], "application/json"),
            (["application/json"], "application/json"),
            (["Application/JSON; charset=utf-8"], "application/json"),
            (["text/html, application/xhtml+xml, */*;q=0.8"], "application/json"),
            (["text/csv"], "text/csv; charset=utf-8"), (["text/*"], "text/csv; charset=utf-8"),
            (["text/csv;q=0.5, application/json"], "application/json"),
            (["text/csv, application/json"], "text/csv; charset=utf-8"),
            (["application/json;q=0, text/csv;q=0.1"], "text/csv; charset=utf-8"),
            (["application/xml", "text/csv"], "text/csv; charset=utf-8"),
            (["application/vnd.pgrst.object+json"], "application/vnd.pgrst.object+json"),
            (
                ["text/html, application/vnd.pgrst.object+json;charset=utf-8"],
                "application/vnd.pgrst.object+json"
            ),
            (
                ["application/vnd.pgrst.object+json;nulls=stripped"],
                "application/vnd.pgrst.object+json;nulls=stripped"
            ),
            (
                ["application/vnd.pgrst.array+json; nulls=stripped"],
                "application/vnd.pgrst.array+json;nulls=stripped"
            ),
            (["application/vnd.pgrst.array+json"], "application/json"),
        ] as [([String], String)])
    func `is what the client likes best of what is offered`(headers: [String], name: String) throws {
        let fields = headers.map { (name: "Accept", value: $0) }
        #expect(try TableMediaType(HTTPHeaders(fields)).name == name)
    }

    @Test(arguments: [
        "application/xml", "text/html", "application/vnd.pgrst.plan+json; options=analyze",
        "application/vnd.pgrst.plan+text", "application/json;q=0", "*/*;q=0", "json", "application/json;q=x",
        "image/*", "application/geo+json",
    ])
    func `is refused if none is offered`(accept: String) {
        for method in [HTTPMethod.get, .post, .patch, .delete] {
            do throws(TableError) {
                _ = try tableQuery(method, "flows" + (method == .post ? "" : "?id=eq.1"), ["Accept": accept])
                Issue.record("\(accept) was taken")
            } catch {
                #expect(error.status == .notAcceptable && error.code == "PGRST107")
            }
        }
    }

    @Test func `is of the one schema`() throws {
        func code(_ method: HTTPMethod, _ header: String, _ value: String) -> String {
            refusal { () throws(TableError) in
                try tableQuery(method, "flows" + (method == .post ? "" : "?id=eq.1"), [header: value]).table
                    .name
            }
        }
        for (method, header) in [
            (HTTPMethod.get, "Accept-Profile"), (.head, "Accept-Profile"), (.post, "Content-Profile"),
            (.patch, "Content-Profile"), (.delete, "Content-Profile"),
        ] {
            #expect(code(method, header, "other") == "PGRST106")
            #expect(code(method, header, "Public") == "PGRST106")
            #expect(code(method, header, "public") == "flows")
        }
        #expect(code(.get, "Content-Profile", "other") == "flows")
    }
}

@Suite struct `A refusal of a name` {
    private func error(_ target: String, _ method: HTTPMethod = .get, _ body: String = "") -> TableError? {
        do throws(TableError) {
            let query = try tableQuery(method, target)
            _ = try TableRequest(query, caller: .user(UserID(.zero)), body: Array(body.utf8))
            return nil
        } catch { return error }
    }

    @Test func `repeats it`() {
        #expect(error("flows?select=idd")?.message == "column flows.idd does not exist")
        #expect(error("flows?idd=eq.1")?.message == "column flows.idd does not exist")
        #expect(error("flows?order=idd")?.message == "column flows.idd does not exist")
        #expect(error("flows_v2?or=(idd.eq.1)")?.message == "column flows.idd does not exist")
        #expect(
            error("flows", .post, #"{"nme":"x"}"#)?.message
                == "Could not find the 'nme' column of 'flows' in the schema cache")
        #expect(
            error("flow?id=eq.1")?.message == "Could not find the table 'public.flow' in the schema cache")
        #expect(error("flows?select=" + String(repeating: "é", count: 500))?.message.utf8.count ?? 500 < 120)
    }

    @Test func `says which columns this request can write`() {
        let hint = error("wallets?id=eq.1", .patch, #"{"encrypted_keypair":{}}"#)?.hint ?? ""
        #expect(hint == "can be written: adapter, description, name, icon, purpose")
        #expect(error("flow_x402_fees", .post, "{}")?.message.contains("no payments") == true)
        #expect(error("flow_deployments_x402_fees?id=eq.1", .delete)?.status == .forbidden)
    }
}
