import { defineConfig } from "@hey-api/openapi-ts";

export default defineConfig({
  input: "../../spec/openapi.yaml",
  output: {
    path: "api",
    importFileExtension: ".ts", // so that Node can run the files as they are
  },
});
