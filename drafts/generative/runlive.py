import nbformat, sys, time, traceback
nb=nbformat.read('/work/main/book/frontier/generative.ipynb',4)
g={}
import matplotlib; matplotlib.use('agg')
stop=sys.argv[1]; skip=sys.argv[2:]
for c in nb.cells:
    if c.cell_type!='code' or c.id in skip: continue
    if c.id==stop: break
    t=time.time(); src=c.source
    lines=src.rstrip().split('\n')
    import ast
    tree=ast.parse(src)
    last=tree.body[-1]
    try:
        if isinstance(last,ast.Expr):
            exec(compile(ast.Module(tree.body[:-1],[]),c.id,'exec'),g); v=eval(compile(ast.Expression(last.value),c.id,'eval'),g)
            if v is not None: print(v)
        else: exec(compile(tree,c.id,'exec'),g)
    except Exception: traceback.print_exc(); print('CELL',c.id); break
    print('---',c.id,round(time.time()-t,1),flush=True)
