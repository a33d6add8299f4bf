// The prebuilt browser file registers the <openapi-explorer> element and brings everything it needs with it.
import 'openapi-explorer/dist/browser/openapi-explorer.min.js';
