import Application
import ServiceLifecycle

/// Notices when nodes come and go, so that it can be told since when one is away.
struct MemberService: Service {
    let members: ClusterService

    func run() async {
        await cancelWhenGracefulShutdown { [members] in await members.run() }
        // A node that is alone has nobody to notice, and a service that ends stops the daemon.
        try? await gracefulShutdown()
    }
}
