// In Node only the whole of TensorFlow.js registers the gradients: tfjs-core's bundle has none, and its file that
// registers them cannot be imported by Node's loader.
import '@tensorflow/tfjs';
