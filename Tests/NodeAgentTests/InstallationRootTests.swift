import JobEngine
import NodeAgent
import Testing

struct InstallationRootTests {
    let root = InstallationRoot("/srv/one/")

    @Test func pathsBelowExaLieInTheDirectory() throws {
        #expect(try root.location(of: "/exa/etc/ssl/ssl.crt", for: .writing) == "/srv/one/etc/ssl/ssl.crt")
        #expect(root.configuration == "/srv/one/etc/EXAConf")
        #expect(try InstallationRoot("/exa").location(of: "/exa/etc/a", for: .writing) == "/exa/etc/a")
    }

    @Test func aRelativeDirectoryBecomesAbsolute() {
        #expect(InstallationRoot("exa").directory.hasPrefix("/"))
        #expect(InstallationRoot("exa").directory.hasSuffix("/exa"))
    }

    @Test func otherPathsMayBeReadButNotWritten() throws {
        #expect(try root.location(of: "/opt/license", for: .reading) == "/opt/license")
        #expect(throws: InstallError.self) { try root.location(of: "/opt/license", for: .writing) }
        #expect(throws: InstallError.self) { try root.location(of: "/exa", for: .writing) }
        #expect(throws: InstallError.self) { try root.location(of: "/example/x", for: .writing) }
    }

    @Test(arguments: [
        "", "/", "etc/x", "/exa/../etc/shadow", "/exa/etc/..", "/exa/./x", "/exa//x", "/exa/etc/", "/exa/a\0b",
        "/exa/" + String(repeating: "a", count: 300), "/exa/\u{301}/../x",
    ])
    func aCraftedPathIsRefused(_ path: String) {
        for use in [InstallationRoot.Use.reading, .writing] {
            #expect(throws: InstallError.self) { try root.location(of: path, for: use) }
        }
    }
}
