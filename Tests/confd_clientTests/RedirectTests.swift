import AsyncHTTPClient
import NIOHTTP1
import Testing

@testable import confd_client

struct RedirectTests {
    private func reply(_ status: HTTPResponseStatus, to location: String, master: String, at address: String) -> Reply {
        let response = HTTPClientResponse(
            status: status, headers: ["Location": location, "Confd-Master": master])
        return Reply(response, Array(#"{"code":"not-master","master":{"node":12,"address":"\#(address)"}}"#.utf8))
    }

    @Test(arguments: [
        ("10.0.0.12:20003", "10.0.0.12"), ("[fd00::12]:20003", "fd00::12"), ("10.0.0.12", "10.0.0.12"),
    ])
    func theMasterIsFollowed(master: String, address: String) throws {
        for status in [HTTPResponseStatus.found, .temporaryRedirect] {
            let found = try Redirect(reply(status, to: "https://\(master)/jobs?limit=1", master: master, at: address))
            #expect(found?.host == master)
        }
    }

    @Test func otherRepliesLeadNowhere() throws {
        #expect(try Redirect(reply(.ok, to: "https://10.0.0.12/", master: "10.0.0.12", at: "10.0.0.12")) == nil)
    }

    @Test(arguments: [
        ("http://10.0.0.12:20003/jobs", "10.0.0.12:20003", "10.0.0.12"),
        ("https://10.0.0.13:20003/jobs", "10.0.0.12:20003", "10.0.0.12"),
        ("https://10.0.0.12:20003@evil.example/jobs", "10.0.0.12:20003", "10.0.0.12"),
        ("https://10.0.0.12.evil.example/jobs", "10.0.0.12.evil.example", "10.0.0.12"),
        ("https://evil.example/jobs", "evil.example", "10.0.0.12"),
        ("https://10.0.0.12,evil.example/", "10.0.0.12,evil.example", "10.0.0.12"), ("https:///jobs", "", ""),
    ])
    func credentialsGoNowhereElse(location: String, master: String, address: String) {
        #expect { try Redirect(reply(.found, to: location, master: master, at: address)) } throws: {
            ($0 as? Failure)?.code == .untrusted
        }
    }
}
