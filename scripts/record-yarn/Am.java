import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.client.api.AMRMClient;

/** The smallest application master: registers, waits, unregisters with the final status it was told. */
public class Am {
  public static void main(String[] args) throws Exception {
    AMRMClient<AMRMClient.ContainerRequest> rm = AMRMClient.createAMRMClient();
    rm.init(new Configuration());
    rm.start();
    rm.registerApplicationMaster("127.0.0.1", 0, "");
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      rm.allocate(0.5f);
      Thread.sleep(1000);
    }
    rm.unregisterApplicationMaster(FinalApplicationStatus.valueOf(args[0]), "told to say " + args[0], "");
    rm.stop();
  }
}
