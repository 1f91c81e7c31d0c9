import EXAConf
import JobEngine
import NodeAgent
import Testing

struct InstallationRootTests {
    let root = InstallationRoot("/srv/one/")

    @Test func pathsBelowExaLieInTheDirectory() throws {
        #expect(try root.location(.certificate, "/exa/etc/ssl/ssl.crt") == "/srv/one/etc/ssl/ssl.crt")
        #expect(root.configuration == "/srv/one/etc/EXAConf")
        #expect(try InstallationRoot("/exa").location(.license, "/exa/etc/license.xml") == "/exa/etc/license.xml")
    }

    @Test func aRelativeDirectoryBecomesAbsolute() {
        #expect(InstallationRoot("exa").directory.hasPrefix("/"))
        #expect(InstallationRoot("exa").directory.hasSuffix("/exa"))
    }

    @Test func foldersOfTheOperatorStandBesideOurs() throws {
        var roots = PlaceRoots()
        (roots.archives, roots.buckets) = (["/srv/backup"], ["/exa/data/ssd"])
        let root = InstallationRoot("/srv/one", roots: roots)
        #expect(try root.location(.archive, "/srv/backup/a") == "/srv/backup/a")
        #expect(try root.location(.bucket, "/exa/data/ssd/b") == "/srv/one/data/ssd/b")
        #expect(throws: InstallError.self) { try root.location(.bucket, "/srv/backup/a") }
    }

    @Test func whatLiesElsewhereHasNoLocation() {
        for path in ["/opt/license", "/exa", "/example/x", "/exa/etc/EXAConf", "/srv/one/etc/EXAConf"] {
            #expect(throws: InstallError.self) { try root.location(.license, path) }
        }
    }
}
